using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Samples of images and volumes at places that a network computes (Jaderberg et al., Spatial Transformer Networks, 2015, arXiv 1506.02025).</summary>
internal static class SamplingOperators
{
    private const double CubicCoefficient = -0.75;

    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["AffineGrid"] = One(AffineGrid),
        ["GridSample"] = One(GridSample),
    };

    // The places of all pixels of a target in the source, from -1 to 1.
    private static Tensor AffineGrid(NodeCall call)
    {
        Tensor theta = call[0];
        int[] size = call.Sizes(1);
        bool corners = call.Flag("align_corners");
        int[] spatial = size[2..];
        int points = spatial.Aggregate(1, (product, length) => product * length);
        int axes = spatial.Length;
        double[] places = new double[points * (axes + 1)];
        for (int point = 0; point < points; point++)
        {
            int rest = point;
            for (int axis = axes - 1; axis >= 0; axis--)
            {
                int index = rest % spatial[axis];
                rest /= spatial[axis];
                double place = corners
                    ? spatial[axis] == 1 ? 0 : -1 + (2.0 * index / (spatial[axis] - 1))
                    : (((2.0 * index) + 1) / spatial[axis]) - 1;
                places[(point * (axes + 1)) + (axes - 1 - axis)] = place;
            }

            places[(point * (axes + 1)) + axes] = 1;
        }

        Tensor all = Tensor.From(places, [points, axes + 1]).To(theta.DataType);
        return all.MatMul(theta, transposeRight: true).Reshape([size[0], .. spatial, axes]);
    }

    private static Tensor GridSample(NodeCall call)
    {
        (Tensor x, Tensor grid) = (call[0], call[1]);
        int axes = x.Rank - 2;
        int[] sizes = [.. x.Shape.Skip(2)];
        string mode = call.Text("mode", "linear");
        string padding = call.Text("padding_mode", "zeros");
        bool corners = call.Flag("align_corners");
        (int batch, int channels) = (x.Shape[0], x.Shape[1]);
        int[] target = [.. grid.Shape.Skip(1).Take(axes)];
        Tensor places = grid.Reshape(batch, -1, axes);

        // The last number of a place belongs to the first axis.
        Tensor[] along = [.. Enumerable.Range(0, axes).Select(axis => Pixels(places.Slice(2, axes - 1 - axis, 1).Squeeze(2), sizes[axis], corners))];
        Sampler sampler = new(x.Reshape(batch, channels, -1), sizes, padding, corners);
        Tensor values = mode switch
        {
            "nearest" => sampler.At([.. along.Select(place => sampler.Bound(place, Array.IndexOf(along, place)).Round())]),
            "cubic" or "bicubic" => sampler.Interpolate(along, taps: 4, Cubic),
            _ => sampler.Interpolate([.. along.Select(sampler.Bound)], taps: 2, Linear),
        };
        return values.Reshape([batch, channels, .. target]);
    }

    private static Tensor Pixels(Tensor place, int size, bool corners) =>
        corners ? (place + 1.0) * ((size - 1) / 2.0) : (((place + 1.0) * (double)size) - 1.0) * 0.5;

    private static Tensor Linear(Tensor part, int tap) => tap == 0 ? 1.0 - part : part;

    private static Tensor Cubic(Tensor part, int tap)
    {
        double a = CubicCoefficient;
        Tensor x = tap switch { 0 => part + 1.0, 1 => part, 2 => 1.0 - part, _ => 2.0 - part };
        return tap is 1 or 2
            ? ((x * (a + 2)) - (a + 3)) * x * x + 1.0
            : ((((x * a) - (5 * a)) * x) + (8 * a)) * x - (4 * a);
    }

    /// <summary>Reads elements of <c>[batch, channels, elements]</c> seen as axes of some sizes.</summary>
    private sealed class Sampler(Tensor flat, int[] sizes, string padding, bool corners)
    {
        /// <summary>Where a place lies when it is held at the border or mirrored there.</summary>
        public Tensor Bound(Tensor place, int axis) => padding switch
        {
            "border" => place.Clip(0, sizes[axis] - 1),
            "reflection" => Reflected(place, sizes[axis]),
            _ => place,
        };

        /// <summary>The elements at whole places.</summary>
        public Tensor At(Tensor[] places)
        {
            Tensor? inside = null;
            Tensor index = Tensor.Zeros(places[0].Shape, places[0].DataType);
            for (int axis = 0; axis < sizes.Length; axis++)
            {
                Tensor bound = Bound(places[axis], axis);
                Tensor within = bound.GreaterOrEqual(0.0).LogicalAnd(bound.LessOrEqual(sizes[axis] - 1.0));
                inside = inside is null ? within : inside.LogicalAnd(within);
                index = (index * (double)sizes[axis]) + bound.Clip(0, sizes[axis] - 1);
            }

            Tensor indices = index.To(DataType.Int32).ExpandDimensions(1).BroadcastTo([flat.Shape[0], flat.Shape[1], places[0].Shape[1]]);
            return flat.TakeAlongAxis(indices, 2) * inside!.To(flat.DataType).ExpandDimensions(1);
        }

        /// <summary>The weighted sum over the elements around places.</summary>
        public Tensor Interpolate(Tensor[] places, int taps, Func<Tensor, int, Tensor> weight)
        {
            Tensor[] floors = [.. places.Select(place => place.Floor())];
            Tensor? sum = null;
            int combinations = (int)Math.Pow(taps, sizes.Length);
            for (int combination = 0; combination < combinations; combination++)
            {
                int rest = combination;
                Tensor[] at = new Tensor[sizes.Length];
                Tensor? product = null;
                for (int axis = 0; axis < sizes.Length; axis++, rest /= taps)
                {
                    int tap = rest % taps;
                    at[axis] = floors[axis] + (double)(tap - ((taps / 2) - 1));
                    Tensor factor = weight(places[axis] - floors[axis], tap);
                    product = product is null ? factor : product * factor;
                }

                Tensor term = At(at) * product!.ExpandDimensions(1);
                sum = sum is null ? term : sum + term;
            }

            return sum!;
        }

        private Tensor Reflected(Tensor place, int size)
        {
            double low = corners ? 0 : -0.5;
            double high = corners ? size - 1 : size - 0.5;
            double range = high - low;
            if (range <= 0)
            {
                return place * 0.0;
            }

            Tensor distance = (place - low).Abs();
            Tensor turns = (distance * (1 / range)).Floor();
            Tensor rest = distance - (turns * range);
            Tensor isOdd = (turns - ((turns * 0.5).Floor() * 2.0)).Greater(0.5);
            Tensor mirrored = isOdd.Where((range - rest) + low, rest + low);
            return corners ? mirrored : mirrored.Clip(0, size - 1);
        }
    }
}
