/**
 * What travels in calls: the generated types by the names of the field. The bodies of events and
 * the package are described by sync/1 and written in core/types.ts, where they replace the
 * description's free objects.
 */
import type { Package, SentEvent } from "../core/types.ts";
import type { components } from "./schema.ts";

type Schemas = components["schemas"];
type With<Shape, Precise> = Omit<Shape, keyof Precise> & Precise;

export type Activation = Schemas["Activation"];
export type Csrf = Schemas["CsrfView"];
export type DeviceView = Schemas["DeviceView"];
export type EvidenceStatus = Schemas["StatusView"];
export type Me = Schemas["MeView"];
export type NewDevice = Schemas["NewDevice"];
export type NewPasskey = Schemas["NewPasskey"];
export type PasskeyAnswer = Schemas["CredentialAnswer"];
export type PasswordSignIn = Schemas["PasswordSignIn"];
export type SentReceipt = Schemas["ReceiptShape"];
export type StepUp = Schemas["StepUp"];

export type SyncRequest = Required<With<Schemas["CallShape"], { events: SentEvent[] }>>;

/** Another officer's event as it was sent, with its author and its revision. */
export type PulledEvent = SentEvent & Pick<Schemas["PulledEventShape"], "officer" | "revision">;

export type PulledVisit = With<
  Schemas["VisitShape"],
  { package?: Package | null; events: PulledEvent[] }
>;

/** A reply; a member that the server began to send later is absent from older servers. */
export type SyncReply = With<
  Schemas["ReplyShape"],
  {
    visits: PulledVisit[];
    largest_evidence?: Schemas["ReplyShape"]["largest_evidence"];
    replaced?: Schemas["ReplyShape"]["replaced"];
  }
>;
