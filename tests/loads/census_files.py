"""Census files for tests, one for each collection."""

from tfsaas.loads.census import YEARS

CHILD = """
<Child>
  <ChildIdentifiers><LAchildID>{number}</LAchildID><UPN>B801200005001</UPN><PersonBirthDate>2014-03-09</PersonBirthDate><{sex}</ChildIdentifiers>
  <ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Disabilities><Disability>NONE</Disability></Disabilities></ChildCharacteristics>
  <CINdetails>
    <CINreferralDate>{year}-04-20</CINreferralDate><ReferralSource>1A</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>
    <CINclosureDate>{next}-02-01</CINclosureDate><ReasonForClosure>RC1</ReasonForClosure><ReferralNFA>0</ReferralNFA>
    <Assessments><AssessmentActualStartDate>{year}-04-25</AssessmentActualStartDate>
      <FactorsIdentifiedAtAssessment><AssessmentFactors>2A</AssessmentFactors><AssessmentFactors>3B</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>
    <CINPlanDates><CINPlanStartDate>{year}-05-10</CINPlanStartDate><CINPlanEndDate>{year}-09-30</CINPlanEndDate></CINPlanDates>
    <Section47><S47ActualStartDate>{year}-09-20</S47ActualStartDate><ICPCnotRequired>false</ICPCnotRequired></Section47>
    <ChildProtectionPlans><CPPstartDate>{year}-10-01</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>
      <LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>
      <Reviews><CPPreviewDate>{year}-12-18</CPPreviewDate></Reviews></ChildProtectionPlans>
  </CINdetails>
</Child>"""


def census(collection: int, *, children: int = 1, space: str = "") -> str:
    """A census of a collection, such as 2024, for the year that ended on 31 March."""
    sex = "GenderCurrent>2</GenderCurrent>" if collection == YEARS[0] else "Sex>F</Sex>"
    told = "".join(
        CHILD.format(number=f"C{number}", sex=sex, year=collection - 1, next=collection)
        for number in range(1, children + 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Message{space}><Header><CollectionDetails><Collection>CIN</Collection>'
        f"<Year>{collection}</Year><ReferenceDate>{collection}-03-31</ReferenceDate></CollectionDetails>"
        f"<Source><SourceLevel>L</SourceLevel><LEA>886</LEA></Source></Header><Children>{told}</Children></Message>"
    )
