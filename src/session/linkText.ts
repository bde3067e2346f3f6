/**
 * Links as they arrive. Chat and mail programs encode them once more, write & as &amp;, break them over lines, leave the
 * sentence's punctuation behind them, and add parameters of their own to count clicks.
 */

/** Spaces of any kind, seen or not. */
const spaces = /[\s\u200b-\u200f\u2060\ufeff]+/gu;
/** What ends a sentence or closes a bracket around a link. JSON ends in } or ], which stay. */
const tail = /[\s.,;:!?'"’”»›<>)…。，、；：！？」』）》】]+$/u;

/** Percent-encoding undone; the text itself where it is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A query whose = and & were encoded too, as they were before; what a program put behind it may be whole. */
function asWritten(query: string): string {
  const whole = (part: string): string => {
    let text = part;
    for (let times = 0; times < 3 && !text.includes('=') && text.includes('%'); times += 1)
      text = decoded(text);
    return text;
  };
  return query.replaceAll('&amp;', '&').split('&').map(whole).join('&').replaceAll('&amp;', '&');
}

/**
 * Parameters that others put behind links, to know where a visit came from: Google, Meta, Microsoft, Yandex, TikTok, X,
 * LinkedIn, mail and shop systems, WeChat, Bilibili; after the lists of Firefox's query stripping and ClearURLs. None has
 * the spelling of a setting, so that a misspelt setting is told from them.
 */
const tracking = new RegExp(
  `^(?:${[
    '(?:utm|hsa|mtm|pk|piwik|matomo|stm|itm|at|wt|oly|vero|ml|mc|hmb|trk|ga|share|sc|dm_i)_\\w+',
    '[a-z]*clid|gclsrc|gbraid|wbraid|rb_clickid|dclid|igshid|igsh|epik|scid|mkt_tok|_openstat|_ga|_gl',
    '_hs\\w+|__hs\\w+|hsctatracking|wickedid|cjevent|s_cid|sfmc_\\w+|rdt_cid|li_fat_id|ceneo_spo|yrid|enterid',
    'spm|scm|bxsign|vd_source|isappinstalled|nsukey|from|scene|subscene|ascene|clicktime',
    'ref|ref_src|ref_url|referrer|source|si|feature|fb_action_ids|fb_source|__tn__|__cft__.*',
  ].join('|')})$`,
  'iu',
);

/** Name and value of each parameter of a link's query (with or without ? or #), without those that only track. */
export function linkParams(query: string): [string, string][] {
  const params = [...new URLSearchParams(asWritten(query.replace(/^[?#]+/u, '')))].filter(
    ([name]) => !tracking.test(name),
  );
  const last = params.at(-1);
  if (last !== undefined) last[1] = last[1].replace(tail, '');
  return params;
}

/** The text of one parameter behind the # of a link; null where it has none. Its spaces and what follows it are dropped. */
export function fragmentText(hash: string, name: string): string | null {
  let text = hash.replace(/^#/u, '');
  for (let times = 0; times < 3 && /%[0-9a-f]{2}/iu.test(text); times += 1) text = decoded(text);
  const [given = '', ...value] = (text.replaceAll('&amp;', '&').split('&')[0] ?? '').split('=');
  return given.replace(/^[/!?]+/u, '') === name
    ? value.join('=').replace(spaces, '').replace(tail, '')
    : null;
}

/** The address with its ? and # restored where a program encoded those as part of the path; null where it is whole. */
export function repairedAddress(path: string, rest: string): string | null {
  return /%(?:23|3f)/iu.test(path) ? `${path.replace(/%(?:23|3f)/giu, decoded)}${rest}` : null;
}
