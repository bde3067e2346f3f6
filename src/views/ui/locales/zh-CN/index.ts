import type { EnglishTexts } from '@/views/ui/locales/en';
import type { Translation } from '@/views/ui/locales/shape';
import { common } from '@/views/ui/locales/zh-CN/common';
import { convLab } from '@/views/ui/locales/zh-CN/convLab';
import { currentNetwork } from '@/views/ui/locales/zh-CN/currentNetwork';
import { doctor } from '@/views/ui/locales/zh-CN/doctor';
import { draw } from '@/views/ui/locales/zh-CN/draw';
import { errors } from '@/views/ui/locales/zh-CN/errors';
import { hyperparameters } from '@/views/ui/locales/zh-CN/hyperparameters';
import { licences } from '@/views/ui/locales/zh-CN/licences';
import { network } from '@/views/ui/locales/zh-CN/network';
import { presets } from '@/views/ui/locales/zh-CN/presets';
import { report } from '@/views/ui/locales/zh-CN/report';
import { train } from '@/views/ui/locales/zh-CN/train';
import { weights } from '@/views/ui/locales/zh-CN/weights';

export const texts = {
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
} as const satisfies Translation<EnglishTexts>;
