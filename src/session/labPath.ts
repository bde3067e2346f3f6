/** Where other pages send a reader: the conv lab, or the conv lab with the report's own example, whatever was in it before. */

/** Stands for the example in a link, in place of a whole lab. */
export const exampleLab = 'report';

export const labPath = '/conv-lab';
export const reportLabPath = `${labPath}#lab=${exampleLab}`;
