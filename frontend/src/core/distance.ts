/** Great-circle distance for a list of tasks; good to a few metres, for people only. */

const EARTH_KM = 6371;

export interface Place {
  lat: string;
  lon: string;
}

/** Gives kilometres between two places given as decimal degrees. */
export function kilometres(a: Place, b: Place): number {
  const [lat1, lon1, lat2, lon2] = [a.lat, a.lon, b.lat, b.lon].map(
    (degrees) => (Number(degrees) * Math.PI) / 180,
  ) as [number, number, number, number];
  const h =
    Math.sin((lat2 - lat1) / 2) ** 2 +
    Math.cos(lat1) * Math.cos(lat2) * Math.sin((lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(h));
}
