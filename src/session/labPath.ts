/** Where other pages send a reader: the conv lab with the report's own example, whatever was in it before. */

/** Stands for the example in a link, in place of a whole lab. */
export const exampleLab = 'report';

export const reportLabPath = `/conv-lab#lab=${exampleLab}`;
