/** Made by scripts/code_lists.py from the server's lists: change them there. */
export const RESULTS = {
  system: "cn-8",
  version: 1,
  chosen: ["1", "2", "3", "4", "5", "6", "7", "8"],
  zh: {
    "1": "未发现问题",
    "2": "未按规定公示应当公示的信息",
    "3": "公示信息隐瞒真实情况、弄虚作假",
    "4": "通过登记的住所（经营场所）无法联系",
    "5": "发现问题已责令改正",
    "6": "不配合检查情节严重",
    "7": "未发现开展本次抽查涉及的经营活动",
    "8": "发现问题待后续处理",
  },
  en: {
    "1": "No problem found",
    "2": "Did not publish what must be published",
    "3": "Published information conceals or falsifies the facts",
    "4": "Cannot be reached at the registered address",
    "5": "Problem found, ordered to correct",
    "6": "Refused to cooperate, serious",
    "7": "Does not carry on the business inspected for",
    "8": "Problem found, to be handled",
  },
} as const;

export const FOLLOW_UPS = {
  system: "follow-up",
  version: 1,
  chosen: ["none", "ordered", "listed_abnormal", "transferred", "copied"],
  zh: {
    none: "无需后续处置",
    ordered: "责令改正",
    listed_abnormal: "列入经营异常名录",
    transferred: "移送立案查处",
    copied: "抄告其他部门",
  },
  en: {
    none: "None needed",
    ordered: "Ordered to correct",
    listed_abnormal: "Listed as operating abnormally",
    transferred: "Transferred to case handling",
    copied: "Copied to another department",
  },
} as const;

export const GROUNDS = {
  system: "recusal",
  version: 1,
  chosen: ["party_or_relative", "interest", "other_relation"],
  zh: {
    party_or_relative: "本人或近亲属为当事人",
    interest: "有直接利害关系",
    other_relation: "其他可能影响公正的关系",
  },
  en: {
    party_or_relative: "Party to the matter or near relative",
    interest: "Direct interest",
    other_relation: "Other relation",
  },
} as const;

export const VERDICTS = {
  system: "verdict",
  version: 1,
  chosen: ["pass", "fail", "na"],
  zh: {
    pass: "合格",
    fail: "不合格",
    na: "不适用",
  },
  en: {
    pass: "Pass",
    fail: "Fail",
    na: "Not applicable",
  },
} as const;

export type ReplacementCause = "recusal" | "absence" | "unfit" | "vacant";
export type PointKind = "pass" | "number" | "choice" | "text" | "date";
export type EvidenceDemand = "none" | "on_fail" | "always";
export type OptionVerdict = "pass" | "fail" | "none";
