"""Which characters names are usually written with: others are read right less often, and real ones turn into them.

Recognition has learned from print. Of a character that it hardly knows, as names have them (逄, 玚, 玏), it makes a common
one of the same shape (逢, 场, 功), and is sure of it. Which it takes for which was found out by drawing all of the general
standard list (``scripts/draw_name_characters.py``): a character as which no other was ever read may be read less surely.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from teller_assist.evidence.person_name import MIDDLE_DOTS

# Both lists are written down by us, no count of real names was at hand. What they lack costs a look, no more.
# Surnames that are met at counters: the old list of a hundred families, and others of today.
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉"
    "岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席"
    "季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁"
    "荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀"
    "蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向"
    "古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖"
    "益桓公肖付代闫涂仝苟裔佟亓眭撒冼佘揭占练由门冒展战初丛苑但青官位衣鹿雒肇缑郄牟仵俎员矫鄢晋楚岳帅牙巨甯闪智赫哈海苻拓谌鄞隋宛巍战才尧粟覃"
    "谯商佴伯赏南欧阳上官诸葛夏侯司马皇甫尉迟公孙令狐长孙慕容宇文轩辕东方端木呼延钟离独孤拓跋樊庹侴仉乞厚锁原召线折树铁代贵礼斯依回旦"
)

# Characters of given names that are frequent today.
_GIVEN = frozenset(
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉玲建国华红兰萍鹏飞波斌宇浩凯健俊帆帅旭宁龙林欢佳雪梅琳晶莹洁颖慧婷倩雯露瑶怡婧璐媛欣怡"
    "子梓涵轩宸睿晨铭博雅诗语嘉琪思源天佑俞泽豪然一诺依可心悦彤玥若曦沐妍芷萱诗涵雨桐欣悦梦洁奕辰昊皓熙瑞霖煜祺恒安康乐庆喜福寿禄祥吉瑞和顺贵富荣"
    "昌盛兴旺发达财宝金银玉珍珠翠莲荷菊竹松柏桃李杏花春夏秋冬雷雨云霞虹月星阳光晓东西南北中山水川江河海湖洲石岩峰岭岳峻崇德仁义礼智信忠孝诚善良贤"
    "才能学博文武志远宏伟大小少永长久新民众公正直立成功业建设家邦邹治平安定保卫全友朋亲爱情意思念怀恩惠泽润滋淑贞贤慧娴雅静婉婷娇媚美丽秀清香芬芳馨"
    "菲蓉薇茜芸苗英蕾莉茹蓝青绿红紫白玄素丹彩霞云燕凤凰鸾鹤鸿雁鹏飞翔腾龙虎豹马骏骥麟生元亨利贞道理哲思维方圆广阔宽厚高深渊博浩瀚洪涛波澜泉溪源流"
    "沛湛澄清洁净冰雪霜寒冬炎焱炜烨煌灿炳焕辉耀映照晖晗晟昱昕旻昀晴朗明亮星辰宇宙天地坤乾宏宸寰宝鼎铭锦钰铃钧锋锐钢铁铜锡镇锦绣绮纶经纬纪维绪继承传"
    "宗祖嗣孙子女男妹姐弟兄伯仲叔季孟元首初始一二三四五六七八九十百千万亿双全满足余庆喜悦欢乐怡欣愉快意如若似有无为可能自在安然逸群伦理俊杰豪雄英毅勇"
    "猛刚强健壮力奋进取胜克捷凯旋升登攀越超卓越凌霄云汉河汉楚齐鲁燕赵秦晋吴越蜀湘桂粤闽台港澳京沪津渝冀豫皖苏浙赣鄂黔滇藏疆蒙宁夏青陇陕川辽吉黑尔古丽"
    "阿不都热合提买江木艾合提努尔扎西卓玛央金次仁多吉格桑旺堆达娃尼玛平措益西洛桑丹增强巴拉姆索朗白珍德吉措姆其其格巴图孟和乌日娜萨仁斯琴高娃朝鲁布和"
    "荪力帕沙吾列肯别克夏吐逊孜汗麦伊萨库班迪里依再然比赛叶加甫苏皮亚森额敦哈塔那苏勒钦根呼顿珠曲罗嘎贡觉塔尔措毛果曲比子莫沙惹火布史呷拉者此里阿牛"
    "淳峥嵘琪琦琛琨瑜瑾璇璞瑄珂珊珞琼瑛瑗璟璋玮珏环理珈珩琰菁葵蕊蔓薰芙芝芹莎莘莹萌萍蓓蕙桐楠梓楷榕樱栋梁松枫杨柳森彬桦朴权柯桥棋棣彦彰彪影彭征律徐循"
    "培基城堂增壮声处复夫奇奎奕好妙妤妮姗姝姣娅娥婵媚嫣嫦孜存季学宗宜宝宣容宾寅富察尊导尚尧居展岚岱峙嵩巍州工巧己巾帮常干年庄序度庭康廷弘张弛强归当录"
    "征忆志念怡思恬恺悟惟惠愿慈懿成战戴振挺捷授掌提援揽政敬敏教敦文斐斌斯方施旋日昆昌易昭显晋晏普景智曙曼会朔望本朱朴机杉材村来松林果柏树栗根格桃桓梵"
    "欧正步武殿毓民水永汇汉江池沁沂沙沅河治泉法泓泰洁洋洛津洪活派浓海涌润涵淇淑深淼清渊渝游湘源满漫潇潮澜瀚灵炅炎烁烽焯焰然照煦熠爽牧特犇狄独献玄率玖"
    "王玛玟玲珉珍现球甫田由甲申男畅界略登盈益盛盟真睦瞳知硕磐社祎祖祝神祥禄福禧禹秉秋科程稳穆穗立竞竣章端笑笛筠策箐简米粒精红纯纲绍经绢统维罗群羽翠翰"
    "翼耀聪肖育胜胤能腾臣臻舒良艳艺节芊芬芮芯芽苏苑范茂茗草荃荟莫莺菡菱萱落葆蒙蓝蓬薪藻虎虹融行衍衡观言誉让训记许论访诺谊谋谦豫贝贞贤贯资赐赞赫起超跃"
    "路践军轩辅辉达迅迎近进远连逸道遥邦郁郡郎都酉醒采里重野量金鉴钊钟钦铎锴镔镛闯问闻闵阔阳陆陈陶隆随隽雁集雍雪雯霄霆霏青靖静非革韦韬音韵顶项顺颂预颜风"
    "飒馥首香驰驹骁骄骅高魁鲁鲜鸣鸽鹃鹰麒麦黎默龄"
)

# What a character of a name must be read with at least. Of 900 names, one in twelve with a rare character, the surest one that
# was read as another stood at 0.89 (锴 as 错): 0.92 holds where the table knows no better.
_SURE = 0.92
# Where names seldom have it. Of 284 made-up fronts two were taken that were read as others: 逄 as 逢, at 0.943, and 玚 as 场.
_SURE_WHERE_UNUSUAL = 0.96
# Words of every day that names do not have: what recognition makes of a blurred name (覃 as 罩, 殷 as 股 at 0.965).
_SURE_WHERE_EVERYDAY = 0.99
_SURE_WHERE_ALONE = 0.6  # no other one was read as it; print that is read less surely is not read
_ABOVE_OTHERS = 0.05
_RIGHTLY_LEAST = 4  # drawings of 16: what was read rightly less often is not known
# What recognition wrote for 逄, 玚 and 玏, in seven names of 763 made-up ones, at up to 0.996.
_WRITTEN_FOR_OTHERS = frozenset("逢场功")
_NEVER = 2.0
_EVERYDAY_ROWS = (0xB0, 0xD7)  # GB 2312, level 1: 3755 characters by how often they are met


@dataclass(frozen=True)
class _Drawn:
    """What came of drawing characters: how often this one was read rightly, and how surely another was read as it at most."""

    read_rightly: int
    at_most: float


def sure_from(name: str) -> tuple[float, ...]:
    """Return from which confidence on each character of a name is taken for what it was read as; above 1: never.

    Of a name in parts, as minorities have them, no character is a surname.
    """
    in_parts = any(dot in name for dot in MIDDLE_DOTS)
    usual = (_GIVEN | _SURNAMES if in_parts or place > 0 else _SURNAMES for place in range(len(name)))
    return tuple(_sure_from(one, is_usual=one in known or one in MIDDLE_DOTS) for one, known in zip(name, usual, strict=True))


def _sure_from(character: str, *, is_usual: bool) -> float:
    if character in _WRITTEN_FOR_OTHERS:
        return _NEVER
    if not is_usual and _is_everyday(character):
        return _SURE_WHERE_EVERYDAY
    most = _SURE if is_usual else _SURE_WHERE_UNUSUAL
    drawn = _table().get(character)
    if drawn is None or drawn.read_rightly < _RIGHTLY_LEAST:
        return most
    return min(most, max(_SURE_WHERE_ALONE, drawn.at_most + _ABOVE_OTHERS))


def _is_everyday(character: str) -> bool:
    coded = character.encode("gb2312", "ignore")
    return len(coded) == 2 and _EVERYDAY_ROWS[0] <= coded[0] <= _EVERYDAY_ROWS[1]


@cache
def _table() -> Mapping[str, _Drawn]:
    packed = resources.files("teller_assist.documents").joinpath("data", "name_characters.csv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8")))
    return {row["character"]: _Drawn(int(row["read_rightly"]), float(row["at_most"])) for row in rows}
