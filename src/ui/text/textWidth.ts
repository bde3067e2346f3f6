/** Pixels that a text takes in a picture, whose lines and places are made before it is drawn. */
export function textWidth(text: string, fontSize: number): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return 0;
  context.font = `${fontSize}px "Inter Variable", system-ui, sans-serif`;
  return context.measureText(text).width;
}
