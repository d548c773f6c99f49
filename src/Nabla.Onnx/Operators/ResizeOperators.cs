using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Changes sizes by interpolation. Each axis is a product with a matrix of weights, so gradients come for nothing.</summary>
internal static class ResizeOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Resize"] = One(Resize),
        ["Upsample"] = One(Upsample),
    };

    private static Tensor Upsample(NodeCall call)
    {
        Tensor x = call[0];
        double[] scales = call.Floats("scales") is { } given ? [.. given.Select(scale => (double)scale)] : call.Numbers(1);
        string mode = call.Text("mode", "nearest");
        for (int axis = 0; axis < x.Rank; axis++)
        {
            int size = (int)Math.Floor(x.Shape[axis] * scales[axis]);
            ResizedAxis how = new(x.Shape[axis], size, scales[axis]) { Mode = mode, Coordinates = "asymmetric", Rounding = "floor" };
            x = Apply(x, axis, how);
        }

        return x;
    }

    private static Tensor Resize(NodeCall call)
    {
        Tensor x = call[0];
        bool isFirst = call.Opset < 11;
        double[]? scales = Given(call, isFirst ? 1 : 2);
        double[]? sizes = isFirst ? null : Given(call, 3);
        double[]? region = isFirst ? null : Given(call, 1);
        int[] axes = call.Ints("axes") is { } named ? [.. named.Select(axis => call.FromFront(axis, x.Rank))] : [.. Enumerable.Range(0, x.Rank)];
        int[] wanted = sizes is null ? [] : Wanted(call.Text("keep_aspect_ratio_policy", "stretch"), x, axes, sizes);
        double common = sizes is null || wanted.Length == 0 ? 0 : Ratio(call.Text("keep_aspect_ratio_policy", "stretch"), x, axes, sizes);
        for (int index = 0; index < axes.Length; index++)
        {
            int axis = axes[index];
            int from = x.Shape[axis];
            int to = scales is not null && sizes is null ? (int)Math.Floor(from * scales[index]) : wanted[index];
            double scale = scales is not null && sizes is null ? scales[index] : common > 0 ? common : (double)to / from;
            x = Apply(x, axis, new ResizedAxis(from, to, scale)
            {
                Mode = call.Text("mode", "nearest"),
                Coordinates = call.Text("coordinate_transformation_mode", isFirst ? "asymmetric" : "half_pixel"),
                Rounding = call.Text("nearest_mode", isFirst ? "floor" : "round_prefer_floor"),
                CubicCoefficient = call.Number("cubic_coeff_a", -0.75),
                ExcludesOutside = call.Flag("exclude_outside"),
                Antialias = call.Flag("antialias"),
                Extrapolation = call.Number("extrapolation_value", 0),
                Region = region is { Length: > 0 } ? (region[index], region[index + axes.Length]) : null,
            });
        }

        return x;
    }

    private static double[]? Given(NodeCall call, int input) => call.Optional(input) is { ElementCount: > 0 } ? call.Numbers(input) : null;

    // Sizes that keep the ratio of the sides, not larger or not smaller than asked.
    private static int[] Wanted(string policy, Tensor x, int[] axes, double[] sizes) => policy == "stretch"
        ? [.. sizes.Select(size => (int)size)]
        : [.. axes.Select(axis => (int)Math.Round(x.Shape[axis] * Ratio(policy, x, axes, sizes), MidpointRounding.AwayFromZero))];

    private static double Ratio(string policy, Tensor x, int[] axes, double[] sizes)
    {
        IEnumerable<double> ratios = axes.Select((axis, index) => sizes[index] / x.Shape[axis]);
        return policy switch { "not_larger" => ratios.Min(), "not_smaller" => ratios.Max(), _ => 0 };
    }

    private static Tensor Apply(Tensor x, int axis, ResizedAxis how)
    {
        if (how.IsIdentity)
        {
            return x;
        }

        (double[] weights, bool[] outside) = how.Matrix();
        Tensor number = x.DataType.IsFloating ? x : x.To(DataType.Float64);
        Tensor matrix = Tensor.From(weights, [how.To, how.From]).To(number.DataType);
        Tensor resized = number.MoveAxis(axis, -1).MatMul(matrix, transposeRight: true);
        if (outside.Contains(true))
        {
            Tensor beyond = Tensor.From(outside).BroadcastTo(resized.Shape);
            resized = beyond.Where(Tensor.Full(resized.Shape, how.Extrapolation, resized.DataType), resized);
        }

        return resized.MoveAxis(-1, axis).To(x.DataType);
    }
}
