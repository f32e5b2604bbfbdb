"""Names as they are compared: without accents and case, in parts, by sound, and by their short forms."""

import re
import unicodedata
from functools import lru_cache

from jellyfish import metaphone

SHORT_FORMS = (
    "abigail abi abby gail", "abdul abdullah", "albert al bert bertie", "alexander alex alec sandy xander sasha", "alexandra alex sandra sasha lexi",
    "alfred alf alfie fred", "alison ali", "amanda mandy", "andrew andy drew", "angela angie", "anthony tony ant antony", "anne ann annie anna",
    "arthur art", "barbara barb babs", "benjamin ben benji", "bernard bernie", "beverley bev", "bradley brad", "bridget bridie", "cameron cam",
    "carol carole caroline carrie", "catherine katherine kathryn cath cathy kate katie kathy kat kitty katharine", "charles charlie chas chuck", "charlotte charlie lottie",
    "christine christina chris chrissie tina", "christopher chris kit topher", "clifford cliff", "cynthia cindy", "daniel dan danny", "danielle dani",
    "david dave davey", "deborah debra deb debbie", "dennis den denny", "desmond des", "donald don donny", "dorothy dot dotty dolly", "douglas doug",
    "edward ed eddie ned ted teddy", "edwin ed", "eleanor ellie nell nora elle", "elizabeth liz lizzie beth betty eliza elsie libby lisa bess elisabeth", "emily em emmy", "emma em",
    "ernest ernie", "eugene gene", "frances fran francesca frankie", "francis frank frankie", "frederick fred freddie freddy", "gabriel gabe", "gabrielle gabby",
    "geoffrey jeffrey geoff jeff", "george georgie", "georgina georgie gina", "gerald gerry jerry", "gillian gill jill", "gordon gordy", "grace gracie", "graham graeme", "gregory greg",
    "harold harry hal", "harriet hattie", "henry harry hal", "herbert herb bert", "hugh hughie", "isaac zac ike", "isabel isabella izzy bella isobel isabelle", "jack jackie",
    "jacob jake", "jacqueline jackie jacqui", "james jim jimmy jamie jem", "jane janie jan", "janet jan", "jason jay", "jennifer jen jenny", "jessica jess jessie",
    "joan joanie", "joanna joanne jo", "john jack johnny jon", "jonathan jon jonny john", "joseph joe joey jo", "josephine jo josie", "joshua josh", "judith judy jude", "julia julie jules",
    "katrina kat trina", "kenneth ken kenny", "kevin kev", "kimberley kim", "kirsty kirsten", "laura laurie", "lawrence laurence larry laurie", "leonard len lenny leo", "leslie les", "lewis louis lou louie",
    "lillian lily lil", "linda lindy", "louise lou", "lucy lucinda lu", "lydia liddy", "malcolm mal", "margaret maggie meg megan peggy marge margie greta daisy", "maria mariah", "martin marty", "mary molly polly mae may marie",
    "matilda tilly mattie", "matthew matt matty", "maureen mo", "maurice mo", "michael mick mike mickey mikey", "michelle shell shelly chelle", "mohammed muhammad mohamed mohammad mohamad muhammed mo", "nancy nan",
    "natalie nat nattie", "natasha tasha nat", "nathan nat nate nathaniel", "nicholas nick nicky nico nicolas", "nicola nicky nikki", "oliver ollie olly", "olivia liv livvy", "oscar ossie", "pamela pam", "patricia pat patsy tricia trish",
    "patrick pat paddy", "paul paulie", "paula polly", "penelope penny", "peter pete", "philip phil phillip", "philippa pippa pip", "phyllis phyl", "rachel rach rachael", "raymond ray", "rebecca becky becca bex", "reginald reg reggie", "richard rick dick rich richie ricky",
    "robert bob bobby rob robbie bert", "roberta bobbie", "robin rob", "roger rodge", "ronald ron ronnie", "rosemary rose rosie", "ruth ruthie", "samantha sam sammy", "samuel sam sammy", "sandra sandy", "sarah sara sal sally", "sebastian seb bas",
    "sharon shaz", "sidney sid sydney", "simon si", "sophia sophie soph sofia", "stanley stan", "stephanie steph stephie", "stephen steven steve stevie", "stuart stewart stu", "susan sue susie suzanne suzie susanna", "sylvia sylvie", "teresa theresa terri tess tracy", "terence terry terrence",
    "theodore theo ted teddy", "thomas tom tommy", "timothy tim timmy", "tobias toby", "valerie val", "vanessa nessa", "victor vic", "victoria vicky vicki tori", "vincent vince vinny", "virginia ginny", "walter wally walt", "wayne", "wendy", "wilfred wilf", "william bill billy will willie liam willy",
    "yvonne von", "zachary zac zach zack", "yusuf yousef yousuf", "ibrahim ebrahim abraham", "fatima fatma fatimah", "aisha ayesha aysha", "hussain hussein husain", "hassan hasan", "ahmed ahmad", "ali aly", "omar umar", "zainab zaynab",
)  # fmt: skip
PARTICLES = {"de", "van", "von", "der", "den", "al", "el", "bin", "binti", "da", "dos", "la", "le", "mac", "mc", "o", "st"}  # fmt: skip


def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in SHORT_FORMS:
        names = line.split()
        for name in names:
            found.setdefault(name, set()).add(names[0])
    return {name: frozenset(firsts) for name, firsts in found.items()}


FULL_FORMS = _groups()


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """A name in small letters without accents, its parts with single spaces between."""
    plain = unicodedata.normalize("NFKD", text.lower())
    bare = (
        "".join(c for c in plain if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    )
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


@lru_cache(maxsize=200_000)
def parts(folded: str) -> frozenset[str]:
    """The parts of a folded name that say something: hyphenated halves, without particles."""
    found = frozenset(part for part in folded.split() if part not in PARTICLES and len(part) > 1)
    return found or frozenset(folded.split())


@lru_cache(maxsize=200_000)
def sound(folded: str) -> str:
    """How a folded name sounds; "" for none."""
    return str(metaphone(folded.replace(" ", "")))[:6] if folded else ""


@lru_cache(maxsize=200_000)
def full_forms(folded: str) -> frozenset[str]:
    """The full names that a first name can be short for, or is."""
    first = folded.split(" ", 1)[0]
    return FULL_FORMS.get(first, frozenset([first]) if first else frozenset())


def are_short_forms(one: str, other: str) -> bool:
    """Whether one first name can be the short form of the other, or both of a third."""
    return bool(full_forms(one) & full_forms(other))
