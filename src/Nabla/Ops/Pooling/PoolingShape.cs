using Nabla.Ops.Convolutions;

namespace Nabla.Ops.Pooling;

/// <summary>The sizes of a pooling of <c>[batch, height, width, channels]</c>.</summary>
internal readonly record struct PoolingShape(int Batch, int Height, int Width, int Channels, Size2D Size, Window Window)
{
    public int OutputHeight => ((Height + Window.PadTop + Window.PadBottom - Size.Height) / Window.StrideY) + 1;

    public int OutputWidth => ((Width + Window.PadLeft + Window.PadRight - Size.Width) / Window.StrideX) + 1;
}
