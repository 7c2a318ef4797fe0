/* Days and times in Vietnamese format. Việt Nam is UTC+7 all year; the phone's own time zone does not matter. */

const OFFSET = 7 * 60;

const shifted = (moment) => new Date(moment.getTime() + OFFSET * 60_000).toISOString();

/** "2026-11-22" */
export const dayOf = (moment) => shifted(moment).slice(0, 10);

/** "22/11/2026" from "2026-11-22"; "" from nothing. */
export const sayDay = (day) => (day ? day.slice(0, 10).split("-").reverse().join("/") : "");

/** "18:42" today, "18:42 22/11/2026" on another day. */
export function sayMoment(moment, now) {
  const day = dayOf(moment);
  const time = shifted(moment).slice(11, 16);
  return day === dayOf(now) ? time : `${time} ${sayDay(day)}`;
}

/** The day `days` after `day`. */
export function daysAfter(day, days) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** 1234567 → "1.234.567" */
export const sayNumber = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");
