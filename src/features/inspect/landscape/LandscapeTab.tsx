/** How the loss lies around the network: over a plane through its weights, and how curved it is where the run goes. */
import { CurvaturePanel } from '@/features/inspect/landscape/CurvaturePanel';
import { LandscapePanel } from '@/features/inspect/landscape/LandscapePanel';
import classes from '@/features/inspect/landscape/landscape.module.css';

export function LandscapeTab() {
  return (
    <div className={classes['tab']} data-testid="landscape">
      <LandscapePanel />
      <CurvaturePanel />
    </div>
  );
}
