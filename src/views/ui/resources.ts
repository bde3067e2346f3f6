/** Every text of the page: one file a namespace and language. English is the type; the others must match it. */
import { common } from '@/views/ui/locales/en/common';
import { convLab } from '@/views/ui/locales/en/convLab';
import { currentNetwork } from '@/views/ui/locales/en/currentNetwork';
import { doctor } from '@/views/ui/locales/en/doctor';
import { draw } from '@/views/ui/locales/en/draw';
import { errors } from '@/views/ui/locales/en/errors';
import { hyperparameters } from '@/views/ui/locales/en/hyperparameters';
import { licences } from '@/views/ui/locales/en/licences';
import { network } from '@/views/ui/locales/en/network';
import { presets } from '@/views/ui/locales/en/presets';
import { report } from '@/views/ui/locales/en/report';
import { train } from '@/views/ui/locales/en/train';
import { weights } from '@/views/ui/locales/en/weights';
import { common as commonZh } from '@/views/ui/locales/zh-CN/common';
import { convLab as convLabZh } from '@/views/ui/locales/zh-CN/convLab';
import { currentNetwork as currentNetworkZh } from '@/views/ui/locales/zh-CN/currentNetwork';
import { doctor as doctorZh } from '@/views/ui/locales/zh-CN/doctor';
import { draw as drawZh } from '@/views/ui/locales/zh-CN/draw';
import { errors as errorsZh } from '@/views/ui/locales/zh-CN/errors';
import { hyperparameters as hyperparametersZh } from '@/views/ui/locales/zh-CN/hyperparameters';
import { licences as licencesZh } from '@/views/ui/locales/zh-CN/licences';
import { network as networkZh } from '@/views/ui/locales/zh-CN/network';
import { presets as presetsZh } from '@/views/ui/locales/zh-CN/presets';
import { report as reportZh } from '@/views/ui/locales/zh-CN/report';
import { train as trainZh } from '@/views/ui/locales/zh-CN/train';
import { weights as weightsZh } from '@/views/ui/locales/zh-CN/weights';
import type { Translation } from '@/views/ui/locales/shape';

const en = {
  common,
  convLab,
  currentNetwork,
  doctor,
  draw,
  errors,
  hyperparameters,
  licences,
  network,
  presets,
  report,
  train,
  weights,
} as const;

const zhCN = {
  common: commonZh,
  convLab: convLabZh,
  currentNetwork: currentNetworkZh,
  doctor: doctorZh,
  draw: drawZh,
  errors: errorsZh,
  hyperparameters: hyperparametersZh,
  licences: licencesZh,
  network: networkZh,
  presets: presetsZh,
  report: reportZh,
  train: trainZh,
  weights: weightsZh,
} as const satisfies Translation<typeof en>;

export const resources = { en, 'zh-CN': zhCN } as const;
export type EnglishResources = typeof en;
