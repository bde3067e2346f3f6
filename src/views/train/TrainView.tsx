export function TrainView() {
  return <div />;
}
