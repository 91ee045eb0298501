/* A stand-in for a vendor's reader library: sdtapi, termb and the portrait's decoder with their C signatures, and their bad habits.
   It is steered by files beside it, because a plugin's process has no environment:
     text, photo, pixels   what the card holds, and what the decoder gives for its portrait
     no_card, unplugged    while they are there
     plug                  its content is another one for every time that the reader was plugged in
     lift_not_needed       a card may be read again without lifting it
     crash, hang           their content is the name of a function that then does so
     always.F, once.F      what function F returns, in hexadecimal digits, instead of doing its work */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char opened_as[32];
static int opened, found, selected, was_read;

/* Write the path of a file beside the library. */
static void beside(char *path, size_t size, const char *name) {
    Dl_info own;
    dladdr((void *)beside, &own);
    int folder = (int)(strrchr(own.dli_fname, '/') - own.dli_fname);
    snprintf(path, size, "%.*s/%s", folder, own.dli_fname, name);
}

static int there(const char *name) {
    char path[4096];
    beside(path, sizeof path, name);
    return access(path, F_OK) == 0;
}

static int content(const char *name, void *into, int most) {
    char path[4096];
    beside(path, sizeof path, name);
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    int length = (int)fread(into, 1, most, file);
    fclose(file);
    return length;
}

static int named(const char *fault, const char *function) {
    char name[128] = {0};
    return content(fault, name, sizeof name - 1) > 0 && strcmp(name, function) == 0;
}

/* Chatters, crashes, hangs, or returns something else; 0: does its work. */
static int strike(const char *function) {
    char name[160], digits[16] = {0}, path[4096];
    printf("vendor chatter: %s of the card of LIN XIAOYANG\n", function);
    fflush(stdout);
    if (named("crash", function)) *(volatile int *)0 = 1;
    if (named("hang", function)) for (;;) pause();
    snprintf(name, sizeof name, "always.%s", function);
    if (content(name, digits, sizeof digits - 1) > 0) return (int)strtol(digits, 0, 16);
    snprintf(name, sizeof name, "once.%s", function);
    if (content(name, digits, sizeof digits - 1) > 0) {
        beside(path, sizeof path, name);
        unlink(path);
        return (int)strtol(digits, 0, 16);
    }
    return 0;
}

static void leave_files(void) {
    FILE *file = fopen("wz.txt", "wb");
    if (file) { fputs("LIN XIAOYANG", file); fclose(file); }
}

/* Whether the port that was opened is still the one of this reader: not once it was plugged in again. */
static int is_open(void) {
    char now[32] = {0};
    content("plug", now, sizeof now - 1);
    return opened && strcmp(now, opened_as) == 0;
}
static void open_it(int port) {
    memset(opened_as, 0, sizeof opened_as);
    content("plug", opened_as, sizeof opened_as - 1);
    opened = port;
}

/* ---- sdtapi */
#define WORK(function) { int instead = strike(#function); if (instead) return instead; if (there("unplugged")) { opened = 0; return 0x05; } }

int SDT_OpenPort(int port) { WORK(SDT_OpenPort) if (port != 1002) return 0x01; open_it(port); return 0x90; }
int SDT_ClosePort(int port) { (void)port; opened = found = selected = 0; return 0x90; }
int SDT_GetSAMStatus(int port, int own) { (void)own; WORK(SDT_GetSAMStatus) return opened == port ? 0x90 : 0x05; }
int SDT_ResetSAM(int port, int own) { (void)own; WORK(SDT_ResetSAM) found = selected = 0; return opened == port ? 0x90 : 0x05; }
int SDT_GetSAMIDToStr(int port, char *text, int own) {
    (void)own; WORK(SDT_GetSAMIDToStr)
    strcpy(text, "05.03-20200101-0000000001-0000000002");
    return opened == port ? 0x90 : 0x05;
}
static int lies_there(void) {
    if (there("no_card")) { was_read = found = selected = 0; return 0; }
    return !was_read || there("lift_not_needed");
}
int SDT_StartFindIDCard(int port, unsigned char *number, int own) {
    (void)own; WORK(SDT_StartFindIDCard)
    if (!is_open() || opened != port) return 0x05;
    if (!lies_there()) return 0x80;
    memset(number, 0, 4); found = 1; return 0x9F;
}
int SDT_SelectIDCard(int port, unsigned char *number, int own) {
    (void)own; WORK(SDT_SelectIDCard)
    if (!is_open() || opened != port) return 0x05;
    if (!found || there("no_card")) return 0x81;
    memset(number, 0, 8); selected = 1; return 0x90;
}
int SDT_ReadBaseMsg(int port, unsigned char *text, unsigned *text_length, unsigned char *photo, unsigned *photo_length, int own) {
    (void)own; WORK(SDT_ReadBaseMsg)
    if (!is_open() || opened != port) return 0x05;
    if (!selected) return 0x41;
    *text_length = content("text", text, 300); *photo_length = content("photo", photo, 1100);
    if (there("lengths_that_cannot_be")) *text_length = 4000000000u;
    leave_files();
    found = selected = 0; was_read = 1;
    return 0x90;
}

/* ---- the portrait's decoder */
int unpack(char *photo, char *pixels, int key) {
    int instead = strike("unpack");
    if (instead) return instead;
    if (key != 708 || memcmp(photo, "WLf", 3)) return -4;
    return content("pixels", pixels, 38556) == 38556 ? 1 : -3;
}
int GetBmp(char *path, int port) {
    char pixels[40000], given[1024], target[4096];
    int instead = strike("GetBmp");
    if (instead) return instead;
    FILE *file = fopen(path, "rb");
    if (!file) return -3;
    int length = (int)fread(given, 1, sizeof given, file);
    fclose(file);
    if (port != 2 || length != 1024 || memcmp(given, "WLf", 3)) return -4;
    snprintf(target, sizeof target, "%.*s.bmp", (int)strlen(path) - 4, path);
    length = content("bmp", pixels, sizeof pixels);
    file = fopen(target, "wb");
    if (!file) return -3;
    fwrite(pixels, 1, length, file);
    fclose(file);
    return 1;
}

/* ---- termb */
#undef WORK
#define WORK(function) { int instead = strike(#function); if (instead) return instead; if (there("unplugged")) { opened = 0; return 0; } }
int CVR_InitComm(int port) { WORK(CVR_InitComm) if (port != 1002) return 2; open_it(port); return 1; }
int CVR_CloseComm(void) { opened = 0; return 1; }
int CVR_Authenticate(void) { WORK(CVR_Authenticate) if (!is_open()) return 0; if (!lies_there()) return 2; found = 1; return 1; }
int CVR_Read_Content(int mode) {
    char picture[40000];
    WORK(CVR_Read_Content)
    if (!is_open() || mode != 4 || !found || there("no_card")) return 0;
    leave_files();
    int length = content("bmp", picture, sizeof picture);
    FILE *file = fopen("zp.bmp", "wb");
    if (file) { fwrite(picture, 1, length, file); fclose(file); }
    found = 0; was_read = 1;
    return 1;
}
#define FIELD(function) int function(char *text, int *length) { \
    strike(#function); *length = content("field." #function, text, *length); text[*length] = 0; return 1; }
FIELD(GetPeopleName) FIELD(GetPeopleSex) FIELD(GetPeopleNation) FIELD(GetPeopleBirthday) FIELD(GetPeopleAddress)
FIELD(GetPeopleIDCode) FIELD(GetDepartment) FIELD(GetStartDate) FIELD(GetEndDate)
