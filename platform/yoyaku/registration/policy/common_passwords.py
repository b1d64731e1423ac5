"""Words of which the passwords that are tried first are made: one width, small letters.

Collected from what lists of leaked passwords have in common: words of every language's keyboards, English and Japanese
words, names, teams, and what people type when they are asked for "a password with a digit".
"""

from __future__ import annotations

from typing import Final

_ASKED_FOR = """
password passwd passw0rd p@ssword p@ssw0rd pa55word pa55w0rd passpass pass word passphrase admin administrator root user
guest test testing tester login logon welcome letmein changeme default secret master access system server public private
account mypass mypassword newpass newpassword temp temporary initial sample example demo hello hello123 internet computer
network windows google yahoo facebook twitter instagram youtube amazon apple iphone android samsung sony nintendo pokemon
pikachu mario zelda playstation xbox office manager staff member service support reserve reservation yoyaku booking
pasuwado pasuwaado pasuwa-do himitsu watashi boku namae riyousha riyosha shisetsu kaikan taiikukan kouminkan kominkan
"""
_ENGLISH = """
iloveyou loveyou lovely love forever sunshine princess queen king prince angel angels baby babygirl sweet sweetie honey
monkey dragon tiger lion eagle falcon phoenix wolf bear panda koala rabbit kitty hellokitty kitten puppy doggy horse
dolphin butterfly flower flowers rose lily sakura cherry orange banana apple lemon peach chocolate cookie coffee cheese
butter candy sugar summer winter spring autumn january february march april june july august september october november
december monday tuesday wednesday thursday friday saturday sunday morning today happy lucky smile smiley peace freedom
heaven star stars starwars superman batman spiderman pokemon matrix shadow ninja samurai hunter killer soldier warrior
wizard magic mustang ferrari porsche toyota honda nissan mazda subaru yamaha suzuki mercedes harley money cash rich
football soccer baseball basketball tennis badminton volleyball hockey golf swimming running dance dancing music guitar
piano singing jazz rock metal disney mickey snoopy garfield pepper ginger jordan michael jessica ashley jennifer daniel
charlie thomas robert george andrew joshua matthew nicole amanda maggie buster jackson hannah michelle anthony william
whatever nothing trustno1 letmein1 superstar princess1 family mother father sister brother friend friends school teacher
student college japan tokyo london paris america england france germany canada mexico china korea hawaii silver golden
purple yellow green black white blue diamond crystal rainbow thunder lightning storm ocean river mountain forest garden
reading library books teatime grounds
"""
_JAPANESE = """
sakura sakurai momo momotaro himawari tanpopo sumire tsubaki ume kiku fuji fujisan nippon nihon tokyo osaka kyoto nagoya
fukuoka sapporo sendai hiroshima kobe yokohama okinawa hokkaido kyushu shikoku honshu ohayou ohayo konnichiwa konbanwa
arigatou arigatougozaimasu arigato sayonara oyasumi itadakimasu tadaima okaeri ganbare ganbaru ganbatte gambare daisuki
aishiteru suki kawaii kirei genki egao yume kibou hikari kaze sora umi yama kawa hana hoshi tsuki taiyou taiyo yuki ame
kumo mori nezumi usagi inu neko wanwan nyanko pochi tama shiro kuro hachi koro tora ryuu panda kitsune tanuki kuma saru
tori sakana kingyo doraemon nobita anpanman naruto sasuke goku onepiece luffy gundam totoro ponyo jibri ghibli pikachu
kitty snoopy arashi johnny akb48 morning tanaka satou sato suzuki takahashi itou ito watanabe yamamoto nakamura kobayashi
katou kato yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi shimizu yamazaki mori abe ikeda hashimoto
yamashita ishikawa nakajima maeda fujita ogawa gotou goto okada hasegawa murakami kondou kondo ishii saitou saito
sakamoto endou endo aoki fujii nishimura fukuda ota miura fujiwara okamoto matsuda nakagawa nakano harada ono tamura
taro tarou hanako jiro jirou ichiro ichirou saburo takashi hiroshi kenji kazuya naoki daisuke takuya kenta shota shouta
tsubasa yuta yuuta ryota ryouta haruto sota souta hiroto yuto hinata akira makoto satoshi yuki yuka yuko yuuko keiko
kazuko sachiko yoko youko tomoko michiko megumi naomi mayumi kaori aya ayaka misaki nana nanami aoi mio yui rina saki
haruka miyu akane mai asuka natsumi tomomi emi eri rie yumi yasai ramen sushi tempura udon soba curry karee onigiri
mochi dango sake biiru ocha matcha kendo judo karate aikido sumo yakyuu yakyu tenisu sakkaa giants kyojin tigers hanshin
dragons carp softbank hawks swallows baystars lions marines fighters rakuten eagles seiyuu manga anime otaku kaigi
naisho hitori minna tomodachi kazoku okaasan otousan mama papa baba jiji obaachan ojiichan musume musuko akachan
heisei shouwa showa reiwa taisho taishou meiji kakikukeko aiueo aiueokakikukeko sashisuseso irohanihoheto iroha
"""
_KANA = """
ぱすわーど パスワード ひみつ ヒミツ ないしょ あいうえお かきくけこ さしすせそ いろは いろはにほへと さくら 桜 ありがとう
こんにちは おはよう だいすき 大好き 愛してる あいしてる がんばれ 頑張れ 予約 よやく 施設 体育館 公民館 会議室 利用者 番号
暗証番号 日本 東京 大阪 富士山 ねこ いぬ うさぎ ももたろう 桃太郎
"""

COMMON_WORDS: Final = frozenset(f"{_ASKED_FOR} {_ENGLISH} {_JAPANESE} {_KANA}".split())

KEYBOARD_RUNS: Final = (
    "1234567890", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "zaq1xsw2cde3vfr4bgt5nhy6mju7",
    "abcdefghijklmnopqrstuvwxyz", "a1b2c3d4e5f6g7h8", "1a2b3c4d5e6f7g8h", "!@#$%^&*()", "!\"#$%&'()", "147258369",
    "159357", "741852963", "qweasdzxc", "azertyuiop", "qwertz", "あいうえおかきくけこさしすせそたちつてとなにぬねの",
    "アイウエオカキクケコサシスセソタチツテトナニヌネノ", "いろはにほへとちりぬるを",
)  # fmt: skip
"""What fingers do without thinking, forwards; backwards is looked for as well."""
