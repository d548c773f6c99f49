using System.Numerics;

namespace Nabla.Backends.Cpu.Normalization;

/// <summary>How the rows of a tensor <c>[..., channels]</c> are cut into slices: by shape alone.</summary>
internal readonly struct ChannelSlices<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int SliceElements = 1 << 14;
    private const int LeastRows = 16;

    private readonly nint total;
    private readonly nint length;

    public ChannelSlices(Tensor x)
    {
        Rows = new ChannelRows<T>(x.Shape[-1]);
        total = x.ElementCount;
        length = (nint)Math.Max(LeastRows, SliceElements / Rows.Channels) * Rows.Channels;
        Count = (int)((total + length - 1) / length);
    }

    public ChannelRows<T> Rows { get; }

    public int Count { get; }

    /// <summary>Where a slice begins.</summary>
    public nint Start(int slice) => slice * length;

    /// <summary>How many elements it has.</summary>
    public nint Elements(int slice) => nint.Min(length, total - Start(slice));
}
