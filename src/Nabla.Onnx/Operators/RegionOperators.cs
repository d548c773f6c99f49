namespace Nabla.Onnx.Operators;

/// <summary>Poolings of regions of images, as detectors use them.</summary>
internal static class RegionOperators
{
    /// <summary>Means or maxima of samples between pixels (He et al., Mask R-CNN, 2017, arXiv 1703.06870).</summary>
    public static Tensor RoiAlign(NodeCall call)
    {
        Tensor images = call[0];
        double[] regions = call.Numbers(1);
        long[] batches = call.Longs(2);
        (int height, int width) = ((int)call.Int("output_height", 1), (int)call.Int("output_width", 1));
        int ratio = (int)call.Int("sampling_ratio", 0);
        double scale = call.Number("spatial_scale", 1);
        bool half = call.Opset >= 16 && call.Text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
        bool largest = call.Text("mode", "avg") == "max";
        Tensor[] results = new Tensor[batches.Length];
        for (int region = 0; region < batches.Length; region++)
        {
            double shift = half ? 0.5 : 0;
            double[] box = [.. regions[(4 * region)..((4 * region) + 4)].Select(place => (place * scale) - shift)];
            double boxWidth = half ? box[2] - box[0] : Math.Max(box[2] - box[0], 1);
            double boxHeight = half ? box[3] - box[1] : Math.Max(box[3] - box[1], 1);
            int downSamples = ratio > 0 ? ratio : (int)Math.Ceiling(boxHeight / height);
            int acrossSamples = ratio > 0 ? ratio : (int)Math.Ceiling(boxWidth / width);
            double[] rows = Samples(box[1], boxHeight, height, downSamples);
            double[] columns = Samples(box[0], boxWidth, width, acrossSamples);
            results[region] = Pooled(images.Slice(0, (int)batches[region], 1), rows, columns, (height, downSamples, width, acrossSamples), largest);
        }

        return ShapeOps.Concatenate(0, results);
    }

    /// <summary>Maxima of regions in whole pixels (Girshick, Fast R-CNN, 2015, arXiv 1504.08083).</summary>
    public static Tensor MaxRoiPool(NodeCall call)
    {
        Tensor images = call[0];
        double[] regions = call.Numbers(1);
        int[] pooled = call.Ints("pooled_shape") ?? throw call.Error("expects 'pooled_shape'");
        double scale = call.Number("spatial_scale", 1);
        List<Tensor> results = [];
        for (int region = 0; region < regions.Length / 5; region++)
        {
            Tensor image = images.Slice(0, (int)regions[5 * region], 1);
            int[] box = [.. regions[((5 * region) + 1)..((5 * region) + 5)].Select(place => (int)Math.Round(place * scale, MidpointRounding.AwayFromZero))];
            (int top, int left) = (box[1], box[0]);
            (int height, int width) = (Math.Max(box[3] - top + 1, 1), Math.Max(box[2] - left + 1, 1));
            Tensor[] cells = [.. from row in Enumerable.Range(0, pooled[0])
                                 from column in Enumerable.Range(0, pooled[1])
                                 select Largest(
                                     image,
                                     Cell(top, height, pooled[0], row, images.Shape[2]),
                                     Cell(left, width, pooled[1], column, images.Shape[3]))];
            results.Add(ShapeOps.Concatenate(-1, cells).Reshape(1, images.Shape[1], pooled[0], pooled[1]));
        }

        return ShapeOps.Concatenate(0, [.. results]);
    }

    private static (int Start, int Count) Cell(int first, int size, int cells, int cell, int limit)
    {
        int start = Math.Clamp(first + (int)Math.Floor((double)cell * size / cells), 0, limit);
        int end = Math.Clamp(first + (int)Math.Ceiling((double)(cell + 1) * size / cells), 0, limit);
        return (start, Math.Max(0, end - start));
    }

    private static Tensor Largest(Tensor image, (int Start, int Count) rows, (int Start, int Count) columns) => rows.Count == 0 || columns.Count == 0
        ? Tensor.Zeros([1, image.Shape[1], 1], image.DataType)
        : image.Slice(2, rows.Start, rows.Count).Slice(3, columns.Start, columns.Count).Max([2, 3]).ExpandDimensions(-1);

    private static double[] Samples(double start, double size, int bins, int samples) => [.. from bin in Enumerable.Range(0, bins)
                                                                                            from sample in Enumerable.Range(0, samples)
                                                                                            select start + ((bin + ((sample + 0.5) / samples)) * size / bins)];

    private static Tensor Pooled(
        Tensor image, double[] rows, double[] columns, (int Height, int Down, int Width, int Across) bins, bool largest)
    {
        (int height, int width) = (image.Shape[2], image.Shape[3]);
        (int[] top, int[] bottom, float[] down) = Neighbours(rows, height);
        (int[] left, int[] right, float[] across) = Neighbours(columns, width);
        Tensor below = Tensor.From(down).Reshape(1, 1, -1, 1);
        Tensor aside = Tensor.From(across);
        Tensor visible = Tensor.From([.. rows.Select(row => row < -1 || row > height ? 0f : 1f)]).Reshape(-1, 1)
            * Tensor.From([.. columns.Select(column => column < -1 || column > width ? 0f : 1f)]);
        Tensor upper = image.Gather(2, Tensor.From(top));
        Tensor lower = image.Gather(2, Tensor.From(bottom));
        Tensor[] corners =
        [
            upper.Gather(3, Tensor.From(left)) * ((1.0 - below) * (1.0 - aside)),
            upper.Gather(3, Tensor.From(right)) * ((1.0 - below) * aside),
            lower.Gather(3, Tensor.From(left)) * (below * (1.0 - aside)),
            lower.Gather(3, Tensor.From(right)) * (below * aside),
        ];
        Tensor joined = corners.Select(corner => (corner * visible).Reshape(
            1, image.Shape[1], bins.Height, bins.Down, bins.Width, bins.Across)).Aggregate((x, y) => largest ? x.Maximum(y) : x + y);
        return largest ? joined.Max([3, 5]) : joined.Mean([3, 5]);
    }

    private static (int[] Low, int[] High, float[] Part) Neighbours(double[] places, int size)
    {
        double[] within = [.. places.Select(place => Math.Max(place, 0))];
        int[] low = [.. within.Select(place => Math.Min((int)place, size - 1))];
        return (low, [.. low.Select(place => Math.Min(place + 1, size - 1))], [.. within.Select((place, index) => low[index] >= size - 1 ? 0f : (float)(place - low[index]))]);
    }
}
