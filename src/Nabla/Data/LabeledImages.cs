namespace Nabla.Data;

/// <summary>Images with a class each.</summary>
/// <param name="Images"><c>[count, height, width, channels]</c>, float32 from 0 to 1.</param>
/// <param name="Labels"><c>[count]</c>, int32: the class of each image, counted from 0.</param>
public sealed record LabeledImages(Tensor Images, Tensor Labels)
{
    /// <summary>The number of images.</summary>
    public int Count => Images.Shape[0];

    /// <summary>The images as inputs and the labels as targets of a pipeline.</summary>
    public Dataset<Sample> ToDataset() => Dataset.FromTensors(Images, Labels);
}
