namespace Nabla.Onnx.Operators;

/// <summary>Reads images between their pixels, with gradients to images and places.</summary>
internal static class Bilinear
{
    /// <summary>
    /// Values <c>[batch, channels, points]</c> of images <c>[batch, channels, height, width]</c> at rows and columns <c>[batch, points]</c>; beyond the
    /// border everything is zero.
    /// </summary>
    public static Tensor Sample(Tensor images, Tensor rows, Tensor columns)
    {
        (Tensor top, Tensor left) = (rows.Floor(), columns.Floor());
        (Tensor down, Tensor right) = (rows - top, columns - left);
        return (Pixel(images, top, left) * ((1.0 - down) * (1.0 - right)).ExpandDimensions(1))
            + (Pixel(images, top, left + 1.0) * ((1.0 - down) * right).ExpandDimensions(1))
            + (Pixel(images, top + 1.0, left) * (down * (1.0 - right)).ExpandDimensions(1))
            + (Pixel(images, top + 1.0, left + 1.0) * (down * right).ExpandDimensions(1));
    }

    /// <summary>The pixels at whole rows and columns <c>[batch, points]</c>, zero where there is none: <c>[batch, channels, points]</c>.</summary>
    public static Tensor Pixel(Tensor images, Tensor rows, Tensor columns)
    {
        (int batch, int channels, int height, int width) = (images.Shape[0], images.Shape[1], images.Shape[2], images.Shape[3]);
        Tensor inside = rows.GreaterOrEqual(0.0).LogicalAnd(rows.LessOrEqual(height - 1.0))
            .LogicalAnd(columns.GreaterOrEqual(0.0)).LogicalAnd(columns.LessOrEqual(width - 1.0));
        Tensor places = (rows.Clip(0, height - 1) * (double)width) + columns.Clip(0, width - 1);
        int points = rows.Shape[1];
        Tensor indices = places.To(DataType.Int32).ExpandDimensions(1).BroadcastTo([batch, channels, points]);
        Tensor pixels = images.Reshape(batch, channels, height * width).TakeAlongAxis(indices, 2);
        return pixels * inside.To(images.DataType).ExpandDimensions(1);
    }
}
