/** What the phone knows of one file of evidence. The upload is a union that cannot lie. */

export interface Piece {
  size: number;
  sha256: string;
}

export type Trouble =
  | "damaged" // a stored piece no longer has its hash
  | "refused" // the server named a problem with the file
  | "server_damaged"; // what arrived was not what was sent

export type Upload =
  | { kind: "on-phone" }
  | { kind: "sending"; sent: number; total: number }
  | { kind: "received" }
  | { kind: "verified" }
  | { kind: "needs-you"; trouble: Trouble; code: string | null };

export interface EvidenceRow {
  id: string;
  visit: string;
  point: string | null;
  name: string;
  mime: string;
  size: number;
  sha256: string;
  pieces: Piece[];
  thumbnail: Blob | null;
  capturedAt: string;
  url: string | null;
  /** it was sent again by itself after it had arrived damaged */
  resent: boolean;
  upload: Upload;
}
