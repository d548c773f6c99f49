namespace Nabla.Layers;

/// <summary>
/// The mean of each window of each channel: from <c>[batch, time, channels]</c> to <c>[batch, newTime, channels]</c>, where the new length is
/// <c>(time + padding - poolSize) / stride + 1</c>. Padding is not counted.
/// </summary>
/// <param name="poolSize">The steps of the window.</param>
/// <param name="stride">From one window to the next; side by side by default, which leaves out what remains at the end.</param>
/// <param name="padding">What is added before and behind each sequence, less than the window; nothing by default.</param>
public sealed class AveragePool1D(int poolSize, int? stride = null, Padding padding = default) : PoolingLayer1D(poolSize, stride, padding)
{
    private protected override Tensor Pool(Tensor sequences, int size, int step, Padding around) => sequences.AveragePool1D(size, step, around);
}
