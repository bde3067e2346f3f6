/** Why the draft's network cannot be trained, in words; null when it fits. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { checkNetwork } from '@/model/networkCheck';
import { inputShape } from '@/model/shapes';
import { useSession } from '@/session/session';
import { shapeProblemText, withFlattenedImages } from '@/ui/text/shapeProblemText';

export function useNetworkProblem(): string | null {
  const { t } = useTranslation('network');
  const network = useSession((state) => state.draft.network);
  const input = useSession((state) => state.draft.input);
  return useMemo(() => {
    const { layers, outputProblem } = checkNetwork(network.layers, inputShape(input));
    const found = withFlattenedImages(layers).find(({ problem }) => problem !== null);
    const problem = found?.problem ?? outputProblem;
    if (problem === null) return null;
    const text = shapeProblemText(t, problem);
    return found === undefined ? text : t('cannotStart.at', { layer: found.layer.name, text });
  }, [network, input, t]);
}
