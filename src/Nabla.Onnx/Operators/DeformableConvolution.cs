namespace Nabla.Onnx.Operators;

/// <summary>
/// Convolution whose taps are moved by offsets that a network computes (Dai et al., 2017, arXiv 1703.06211; with a mask: Zhu et al., 2019, arXiv
/// 1811.11168): images are sampled between their pixels, then multiplied as rows.
/// </summary>
internal static class DeformableConvolution
{
    public static Tensor Compute(NodeCall call)
    {
        (Tensor x, Tensor weights, Tensor offset) = (call[0], call[1], call[2]);
        int[] kernel = call.Ints("kernel_shape") ?? [.. weights.Shape.Skip(2)];
        SpatialWindow window = SpatialWindow.Of(call, [.. x.Shape.Skip(2)], kernel);
        int groups = (int)call.Int("group", 1);
        int offsetGroups = (int)call.Int("offset_group", 1);
        (int batch, int height, int width) = (x.Shape[0], offset.Shape[2], offset.Shape[3]);
        int taps = kernel[0] * kernel[1];
        Tensor moves = offset.Reshape(batch, offsetGroups, taps, 2, height, width);
        Tensor? mask = call.Optional(4)?.Reshape(batch, offsetGroups, taps, height, width);
        Tensor[] channels = x.Split(1, offsetGroups);
        Tensor[] sampled = [.. channels.Select((part, group) =>
        {
            Tensor of = moves.Slice(1, group, 1).Squeeze(1);
            Tensor rows = of.Slice(2, 0, 1).Squeeze(2) + Places(window, 0, height, width, kernel);
            Tensor columns = of.Slice(2, 1, 1).Squeeze(2) + Places(window, 1, height, width, kernel);
            Tensor values = Bilinear.Sample(part, rows.Reshape(batch, -1), columns.Reshape(batch, -1)).Reshape(batch, part.Shape[1], taps, height, width);
            return mask is null ? values : values * mask.Slice(1, group, 1);
        })];
        Tensor all = ShapeOps.Concatenate(1, sampled);
        Tensor[] results = [.. all.Split(1, groups).Select((part, group) =>
        {
            Tensor rows = part.Reshape(batch, -1, height * width);
            Tensor matrix = weights.Split(0, groups)[group];
            return matrix.Reshape(matrix.Shape[0], -1).MatMul(rows);
        })];
        Tensor joined = ShapeOps.Concatenate(1, results).Reshape(batch, weights.Shape[0], height, width);
        return call.Optional(3) is { } bias ? joined + bias.AlongChannels(4) : joined;
    }

    // Where the taps stand without offsets: [taps, height, width].
    private static Tensor Places(SpatialWindow window, int axis, int height, int width, int[] kernel)
    {
        float[] places = new float[kernel[0] * kernel[1] * height * width];
        int index = 0;
        for (int row = 0; row < kernel[0]; row++)
        {
            for (int column = 0; column < kernel[1]; column++)
            {
                int tap = axis == 0 ? row : column;
                for (int y = 0; y < height; y++)
                {
                    for (int x = 0; x < width; x++)
                    {
                        int at = axis == 0 ? y : x;
                        places[index++] = (at * window.Strides[axis]) - window.Before[axis] + (tap * window.Dilations[axis]);
                    }
                }
            }
        }

        return Tensor.From(places, [kernel[0] * kernel[1], height, width]);
    }
}
