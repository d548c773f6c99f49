using Nabla.Data.Pipeline;

namespace Nabla.Data;

/// <summary>Images with a class each.</summary>
/// <param name="Images">
/// <c>[count, height, width, channels]</c>, float32 from 0 to 1, or bytes from 0 to 255. Bytes stay bytes in memory, a quarter of the size: they are divided by
/// 255 when images are read.
/// </param>
/// <param name="Labels"><c>[count]</c>, int32: the class of each image, counted from 0.</param>
public sealed record LabeledImages(Tensor Images, Tensor Labels)
{
    private readonly Tensor stored = Images;

    /// <summary><c>[count, height, width, channels]</c>, float32 from 0 to 1. Images that are stored as bytes are converted, all of them, each time.</summary>
    public Tensor Images
    {
        get => stored.DataType == DataType.UInt8 ? Pixels.Scaled(stored) : stored;
        init => stored = value;
    }

    /// <summary>The number of images.</summary>
    public int Count => stored.Shape[0];

    /// <summary>The images as inputs and the labels as targets of a pipeline.</summary>
    public Dataset<Sample> ToDataset() => new ListDataset<Sample>(new TensorRows([stored], Labels, null, arePixels: stored.DataType == DataType.UInt8));
}
