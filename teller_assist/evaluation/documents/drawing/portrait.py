"""A drawn head and shoulders, of nobody: the place of the portrait on a card."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from teller_assist.evaluation.documents.chance import Chance, between, happens, whole

SIZE_PX = (290, 362)  # 26 x 32 mm would be the photograph; on the card it is cut close


def draw_portrait(chance: Chance, sex: str, age_years: int) -> Image.Image:
    """Return a portrait on a plain ground: "RGB", 290 x 362 pixels.

    Parameters
    ----------
    sex
        "男" or "女": decides how long the hair is, mostly.
    age_years
        From 55 on hair may be grey, below 10 the head is rounder.
    """
    ground = whole(chance, 222, 246)
    picture = Image.new("RGB", SIZE_PX, (ground, ground, min(255, ground + whole(chance, 0, 6))))
    draw = ImageDraw.Draw(picture)
    skin = (whole(chance, 185, 228), whole(chance, 150, 188), whole(chance, 125, 162))
    shade = (skin[0] - 28, skin[1] - 26, skin[2] - 22)
    hair = (whole(chance, 15, 45),) * 3 if age_years < 55 or happens(chance, 0.3) else (whole(chance, 120, 190),) * 3
    cloth = (whole(chance, 20, 120), whole(chance, 20, 110), whole(chance, 25, 130))
    middle, top = 145 + whole(chance, -5, 5), 62 + whole(chance, -8, 8)
    half = 68 + whole(chance, -6, 6) + (6 if age_years < 10 else 0)
    chin = top + 190 + whole(chance, -8, 8)
    if sex == "女" and happens(chance, 0.8):
        draw.rounded_rectangle((middle - half - 14, top + 40, middle + half + 14, chin + whole(chance, -10, 70)), 40, fill=hair)
    draw.ellipse((middle - 130, chin + 8, middle + 130, chin + 260), fill=cloth)
    draw.polygon(
        [
            (middle - 26, chin - 40),
            (middle + 26, chin - 40),
            (middle + 34, chin + 30),
            (middle, chin + 62),
            (middle - 34, chin + 30),
        ],
        fill=shade,
    )
    draw.ellipse((middle - half - 10, top + 86, middle - half + 14, top + 136), fill=shade)
    draw.ellipse((middle + half - 14, top + 86, middle + half + 10, top + 136), fill=shade)
    draw.ellipse((middle - half, top, middle + half, chin), fill=skin)
    draw.pieslice((middle - half - 6, top - 18, middle + half + 6, top + 150), 180, 360, fill=hair)
    _draw_features(draw, chance, middle, top + 98, skin, hair)
    return picture.filter(ImageFilter.GaussianBlur(between(chance, 1.6, 2.6)))


def _draw_features(
    draw: ImageDraw.ImageDraw, chance: Chance, middle: int, eyes_y: int, skin: tuple[int, int, int], hair: tuple[int, ...]
) -> None:
    apart = whole(chance, 26, 32)
    dark, glasses = (60, 40, 38), happens(chance, 0.25)
    for side in (-1, 1):
        x = middle + side * apart
        draw.ellipse((x - 13, eyes_y - 5, x + 13, eyes_y + 6), fill=(236, 232, 228))
        draw.ellipse((x - 6, eyes_y - 5, x + 6, eyes_y + 6), fill=dark)
        draw.line((x - 17, eyes_y - 17, x + 17, eyes_y - 19), fill=hair[:3], width=whole(chance, 4, 7))
        if glasses:
            draw.ellipse((x - 23, eyes_y - 18, x + 23, eyes_y + 20), outline=dark, width=3)
    draw.line(
        (middle, eyes_y + 4, middle - 4, eyes_y + 38, middle + 7, eyes_y + 40),
        fill=(skin[0] - 45, skin[1] - 45, skin[2] - 40),
        width=4,
    )
    wide = whole(chance, 18, 27)
    draw.arc((middle - wide, eyes_y + 50, middle + wide, eyes_y + 74), 10, 170, fill=(176, 92, 88), width=7)
