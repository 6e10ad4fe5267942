/** The JSON shapes of sync/1: package, events, folded state. Twin of backend/app/visits/shapes.py. */

import type {
  EvidenceDemand,
  FOLLOW_UPS,
  OptionVerdict,
  PointKind,
  RESULTS,
  VERDICTS,
} from "./code-lists.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Verdict = keyof typeof VERDICTS.zh;
export type What = "answer" | "evidence" | "dispute" | "note" | "result";

export interface Option {
  code: string;
  label: string;
  verdict: OptionVerdict;
}

export interface Point {
  key: string;
  no: string;
  text: string;
  kind: PointKind;
  required: boolean;
  key_point: boolean;
  evidence: EvidenceDemand;
  unit: string | null;
  min: string | null;
  max: string | null;
  options: Option[];
  legal_basis: string | null;
  method: string | null;
  remarks: string[];
  shown_if: { point: string; equals: string } | null;
}

export interface PackageItem {
  code: string;
  name: string;
  category: string;
  department: string;
  legal_basis: string;
  materials: string[];
  checklist: { hash: string; title: string; version: number | string; points: Point[] };
}

export interface PackageOfficer {
  id: string;
  name: string;
  certificate: string;
  department: string;
  seat: number;
  account: string;
}

export interface DrawProof {
  id: string;
  number: string;
  name: string;
  freeze_sha256: string;
  pool_root: string;
  pool_rows: number;
  row: number;
  line: string;
  salt?: string;
  path: string[];
  seed: string;
  lot: string;
  stratum: { code: string; start: number; end: number; k: number; largest_lot: string };
  seats: { no: number; officer: string | null }[];
  drawn_on: string;
}

export interface Enterprise {
  id: string;
  code: string;
  name: string;
  kind: string;
  address: string;
  region: string;
  industry: string;
  risk_class: string;
  tags: string[];
  contact_phone: string | null;
  position: { lat: string; lon: string } | null;
}

/** A department's part of a joint visit: its items, and the numbers of its seats. */
export interface PackagePart {
  department: string;
  items: string[];
  seats: number[];
}

export interface Package {
  v: string;
  visit: string;
  lot: number;
  due: string;
  issued_at: string;
  challenge: string;
  enterprise: Enterprise;
  draw: DrawProof;
  officers: PackageOfficer[];
  items: PackageItem[];
  notice: { number: string; issued_on: string; contact: string | null };
  /** officers who left the visit before; absent while nobody did */
  former?: PackageOfficer[];
  parts?: PackagePart[];
}

export interface Position {
  lat: string;
  lon: string;
  accuracy?: string;
}

export interface Category {
  system: typeof RESULTS.system;
  code: string;
  label: string;
}

export interface FollowUp {
  code: keyof typeof FOLLOW_UPS.zh;
  date?: string;
  note?: string;
}

/** The bodies of the kinds, by kind. */
export interface Bodies {
  "visit.started": { position: Position | null };
  "answer.set": { point: string; value: string | null; note: string | null; base: string | null };
  "answer.settled": { point: string; value: string | null; of: string[] };
  "evidence.added": {
    evidence: string;
    point: string | null;
    sha256: string;
    size: number;
    mime: string;
    source: "camera" | "file";
    captured_at: string;
    position: Position | null;
  };
  "evidence.withdrawn": { evidence: string; reason: string };
  "party.signed": { evidence: string };
  "party.refused": { reason: string; witness?: string | null };
  "result.set": { category: Category; follow_up: FollowUp; of?: string[] };
  "record.sealed": { digest: string; assertion: null };
  "recusal.requested": { ground: string; words?: string | null };
  "recusal.declined": { officer: string; reason: string };
  "visit.reassigned": { batch: number; moves: Reassigned[] };
  "clock.jumped": { delta: number };
  "visit.reopened": { reason?: string; reasons?: SendBackReason[] };
}

/** One seat of a visit that changed hands; without `came` it is vacant. */
export interface Reassigned {
  seat: number;
  left: string | null;
  came: string | null;
  reason: string;
}

/** Why a supervisor wants one point, one file, or (both null) the whole record looked at again. */
export interface SendBackReason {
  point: string | null;
  evidence: string | null;
  reason: string | null;
}

export type Kind = keyof Bodies;
/** A kind with its own body. */
export type Change = { [K in Kind]: { kind: K; body: Bodies[K] } }[Kind];

/** An event exactly as it is sent: these are the bytes that are hashed. */
export type SentEvent = Change & {
  v: 1;
  id: string;
  device: string;
  seq: number;
  prev: string;
  visit: string;
  at: string;
  mono: number;
};

/** An event as the reducer reads it. */
export type FoldEvent = Change & {
  id: string;
  device: string;
  seq: number;
  officer: string;
  revision: number | null;
  at: string;
};

export interface Note {
  event: string;
  officer: string;
  note: string;
}

export interface Candidate {
  value: string | null;
  heads: string[];
  by: string;
  at: string;
  note: string | null;
}

export type Answer =
  | {
      kind: "settled";
      value: string | null;
      heads: string[];
      notes: Note[];
      by: string;
      at: string;
    }
  | { kind: "disputed"; candidates: Candidate[]; notes: Note[] };

export interface Evidence {
  id: string;
  point: string | null;
  sha256: string;
  size: number;
  mime: string;
  source: "camera" | "file";
  captured_at: string;
  position: Position | null;
  withdrawn: string | null;
  officer: string;
}

export interface Outcome {
  category: Category;
  follow_up: FollowUp;
  event: string;
  officer: string;
  at: string;
}

export interface VisitState {
  status: "assigned" | "under_way" | "handed_in";
  started_at: string | null;
  answers: Record<string, Answer>;
  evidence: Record<string, Evidence>;
  result: (Outcome & { rivals: Outcome[] }) | null;
  party: { [key: string]: string | null } | null;
  seal: { event: string; digest: string; officer: string } | null;
  round: number;
  previous: string | null;
}

export interface Missing {
  point: string | null;
  what: What;
}

export interface Progress {
  answered: number;
  total: number;
  failed: number;
  disputed: number;
  evidence_missing: number;
}
