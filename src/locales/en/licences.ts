export const licences = {
  title: 'Licences and data',
  intro: 'Digit Lab is free software under the MIT licence.',
  data: 'The digits are MNIST’s, by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, made from NIST’s Special Databases 1 and 3, under the Creative Commons Attribution-ShareAlike 3.0 licence.',
  packages: 'What it is made with',
  hint: 'Everything of others that this page serves. Open an entry to read its licence.',
  loading: 'Loading the list',
  failed: 'The list of licences could not be loaded',
  failedText: 'Check the connection and try again.',
  onlyInBuild: 'The development server has none: npm run build makes it, npm start serves it.',
};
