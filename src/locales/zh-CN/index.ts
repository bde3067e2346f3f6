import type { EnglishTexts } from '@/locales/en';
import type { Translation } from '@/locales/shape';
import { common } from '@/locales/zh-CN/common';
import { convLab } from '@/locales/zh-CN/convLab';
import { currentNetwork } from '@/locales/zh-CN/currentNetwork';
import { data } from '@/locales/zh-CN/data';
import { doctor } from '@/locales/zh-CN/doctor';
import { draw } from '@/locales/zh-CN/draw';
import { errors } from '@/locales/zh-CN/errors';
import { hyperparameters } from '@/locales/zh-CN/hyperparameters';
import { inspect } from '@/locales/zh-CN/inspect';
import { inspectDigits } from '@/locales/zh-CN/inspectDigits';
import { inspectEmbedding } from '@/locales/zh-CN/inspectEmbedding';
import { inspectLandscape } from '@/locales/zh-CN/inspectLandscape';
import { inspectLayers } from '@/locales/zh-CN/inspectLayers';
import { inspectMistakes } from '@/locales/zh-CN/inspectMistakes';
import { inspectPass } from '@/locales/zh-CN/inspectPass';
import { inspectRobustness } from '@/locales/zh-CN/inspectRobustness';
import { inspectWhy } from '@/locales/zh-CN/inspectWhy';
import { labReport } from '@/locales/zh-CN/labReport';
import { licences } from '@/locales/zh-CN/licences';
import { network } from '@/locales/zh-CN/network';
import { presets } from '@/locales/zh-CN/presets';
import { queue } from '@/locales/zh-CN/queue';
import { recording } from '@/locales/zh-CN/recording';
import { report } from '@/locales/zh-CN/report';
import { runs } from '@/locales/zh-CN/runs';
import { sweeps } from '@/locales/zh-CN/sweeps';
import { train } from '@/locales/zh-CN/train';
import { weights } from '@/locales/zh-CN/weights';

export const texts = {
  common,
  convLab,
  currentNetwork,
  data,
  doctor,
  draw,
  errors,
  hyperparameters,
  inspect,
  inspectDigits,
  inspectEmbedding,
  inspectLandscape,
  inspectLayers,
  inspectMistakes,
  inspectPass,
  inspectRobustness,
  inspectWhy,
  labReport,
  licences,
  network,
  presets,
  queue,
  recording,
  report,
  runs,
  sweeps,
  train,
  weights,
} as const satisfies Translation<EnglishTexts>;
