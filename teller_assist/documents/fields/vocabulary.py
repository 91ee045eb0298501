"""Closed vocabularies of the card: the ethnic groups, and the traditional forms that recognition answers for their characters."""

from __future__ import annotations

from dataclasses import replace

from teller_assist.documents.fields.text import Text

_GROUPS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土
达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春
赫哲 门巴 珞巴 基诺
"""
ETHNICITIES = tuple(_GROUPS.split())  # GB/T 3304, as cards print them: without 族
OTHER_ETHNICITIES = ("穿青人", "其他", "外国血统中国籍人士")  # printed on some cards beside the 56
_LABEL = 2  # characters of 民族
# What recognition writes for groups that it cannot read, none of it a group: seen twice and more among 160 worn drawings of each
# (40 in each of four fonts), and two of rendered cards (养, 金). 仫佬 it writes as 仏佬 in two of three.
_WRITTEN_FOR = {
    **dict.fromkeys(("舞", "费", "舜", "养"), "彝"),
    **dict.fromkeys(("备", "鑫", "亩", "禽", "重", "金"), "畲"),
    **dict.fromkeys(("例", "何", "保"), "侗"),
    **dict.fromkeys(("值", "低"), "佤"),
    **dict.fromkeys(("想", "然"), "怒"),
    **dict.fromkeys(("仏佬", "么佬", "仙佬"), "仫佬"),
    **dict.fromkeys(("保像", "保便", "保價", "保儒"), "傈僳"),
    "社": "壮",
    "调": "满",
    "理": "瑶",
    "体": "傣",
    "自": "白",
    "士": "土",
    "芜": "羌",
    "破": "藏",
    "乞佬": "仡佬",
}
# Forms that recognition answers for characters of ethnic groups, divisions and authorities
_TRADITIONAL = str.maketrans(
    "漢維爾壯鮮滿薩東鄉納頗達錫別魯羅溫獨龍倫門諾烏畬羗區縣廣蘇慶灣陽陰鎮馬鳳雞鷄島臺遼寧濟長興義會華雲貴瀋撫錦營盤鐵齊濱鶴雙"
    "綏連無鹽揚紹麗贛萊煙濰臨榮鄭許潁駐陝黃荊隨潛嶽婁懷關瓊萬樂瀘綿內資涼銅畢臘渾蘭張銀嶺寶鹹賓賀欽來憑勝閩廈詔莊棗澤膠單鄆鉅"
    "衛輝獲滎鞏鄧豐潯貢餘鉛國團壽蕪渦碭靈蕭樅廬績邊圖們琿樺農賚順寬蓋巖調葉灤遷薊開潤圍場淶獻驊滄贊趙欒館峯堯晉庫準審額鄰瀏漣"
    "瀾祿彌劍瑪類錯則當謝崗壩騰車輪疊廠礦溝橋湯陸隴陳頭鬱鳩麥點黨觀賽軍運醫鍾鏡鑲閘閬雜離電韓響嵐嶧幹從愛戶楊樹歸燈爐獅環瑤盧"
    "監禮穀競節紅級細結經綠縉羣習聞聯肅舊蒼蓮薑藍藥裏諸讓賢轉進遠鄲鄒鄖鋼錢鐘閣靜頂項風驛魚鯉鴨鷹發處機廳漵稱絳蘆蘄謨遜閻霑",
    "汉维尔壮鲜满萨东乡纳颇达锡别鲁罗温独龙伦门诺乌畲羌区县广苏庆湾阳阴镇马凤鸡鸡岛台辽宁济长兴义会华云贵沈抚锦营盘铁齐滨鹤双"
    "绥连无盐扬绍丽赣莱烟潍临荣郑许颍驻陕黄荆随潜岳娄怀关琼万乐泸绵内资凉铜毕腊浑兰张银岭宝咸宾贺钦来凭胜闽厦诏庄枣泽胶单郓巨"
    "卫辉获荥巩邓丰浔贡余铅国团寿芜涡砀灵萧枞庐绩边图们珲桦农赉顺宽盖岩调叶滦迁蓟开润围场涞献骅沧赞赵栾馆峰尧晋库准审额邻浏涟"
    "澜禄弥剑玛类错则当谢岗坝腾车轮叠厂矿沟桥汤陆陇陈头郁鸠麦点党观赛军运医钟镜镶闸阆杂离电韩响岚峄干从爱户杨树归灯炉狮环瑶卢"
    "监礼谷竞节红级细结经绿缙群习闻联肃旧苍莲姜蓝药里诸让贤转进远郸邹郧钢钱钟阁静顶项风驿鱼鲤鸭鹰发处机厅溆称绛芦蕲谟逊阎沾",
)


def simplified(characters: str) -> str:
    """Return characters of a closed vocabulary in their simplified forms."""
    return characters.translate(_TRADITIONAL)


def respelled(text: Text, characters: str) -> Text:
    """Return a text in the words of a closed vocabulary; a simplified form in the place of its traditional one is certain."""
    rewritten = text.rewritten(characters)
    pairs = zip(text.glyphs, rewritten.glyphs, strict=True)
    told = (replace(new, certain=old.certain) if simplified(old.character) == new.character else new for old, new in pairs)
    return Text(tuple(told))


def ethnicity_at_the_end(characters: str) -> str | None:
    """Return the ethnic group that a text ends with; None where none or several could be meant.

    One character of several may be another one, and what recognition is known to write for a group means that one; before the
    group may stand what is left of a label.
    """
    plain = simplified(characters)
    exact = [one for one in (*OTHER_ETHNICITIES, *ETHNICITIES) if plain.endswith(one) and len(plain) - len(one) <= _LABEL]
    if exact:
        return max(exact, key=len)
    written = [one for one in _WRITTEN_FOR if plain.endswith(one) and len(plain) - len(one) <= _LABEL]
    if written:
        return _WRITTEN_FOR[max(written, key=len)]
    near = [
        one for one in ETHNICITIES if 1 < len(one) <= len(plain) <= len(one) + _LABEL and _others(one, plain[-len(one) :]) == 1
    ]
    return near[0] if len(near) == 1 else None


def _others(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
