using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators that choose elements by their values.</summary>
internal static class SelectionOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Compress"] = One(Compress),
        ["NonMaxSuppression"] = One(NonMaxSuppression.Compute),
        ["NonZero"] = One(NonZero),
        ["TopK"] = TopK,
        ["Unique"] = Unique,
    };

    private static Tensor Compress(NodeCall call)
    {
        Tensor x = call.Has("axis") ? call[0] : call[0].Reshape(-1);
        int axis = call.Has("axis") ? call.Axis("axis", 0, x.Rank) : 0;
        double[] chosen = call.Numbers(1);
        return x.Gather(axis, Tensor.From([.. Enumerable.Range(0, Math.Min(chosen.Length, x.Shape[axis])).Where(index => chosen[index] != 0)]));
    }

    private static Tensor NonZero(NodeCall call)
    {
        Tensor x = call[0];
        double[] values = call.Numbers(0);
        int[] places = [.. Enumerable.Range(0, values.Length).Where(index => values[index] != 0)];
        long[] indices = new long[x.Rank * places.Length];
        for (int point = 0; point < places.Length; point++)
        {
            int rest = places[point];
            for (int axis = x.Rank - 1; axis >= 0; axis--)
            {
                indices[(axis * places.Length) + point] = rest % x.Shape[axis];
                rest /= x.Shape[axis];
            }
        }

        return Tensor.From(indices, [x.Rank, places.Length]);
    }

    // The places come from values that are known; the elements are gathered, so they have gradients. Equal elements keep their order.
    private static Tensor?[] TopK(NodeCall call)
    {
        Tensor x = call[0];
        int axis = call.Axis("axis", -1, x.Rank);
        int count = (int)(call.Has("k") ? call.Int("k", 1) : call.Longs(1)[0]);
        bool largest = call.Flag("largest", true);
        Tensor last = x.MoveAxis(axis, -1);
        int size = last.Shape[-1];
        double[] values = (x.IsKnown() ? last : throw call.Error("needs values that are known: run the model without compiling it")).To(DataType.Float64).ToArray<double>();
        int rows = values.Length / Math.Max(1, size);
        long[] places = new long[rows * count];
        for (int row = 0; row < rows; row++)
        {
            int start = row * size;
            IEnumerable<int> all = Enumerable.Range(0, size);
            IOrderedEnumerable<int> order = largest
                ? all.OrderByDescending(index => values[start + index])
                : all.OrderBy(index => values[start + index]);
            order.Take(count).Select(index => (long)index).ToArray().CopyTo(places, row * count);
        }

        Tensor indices = Tensor.From(places, last.Shape.With(-1, count));
        return [last.TakeAlongAxis(indices, -1).MoveAxis(-1, axis), indices.MoveAxis(-1, axis)];
    }

    private static Tensor?[] Unique(NodeCall call)
    {
        bool alongAxis = call.Has("axis");
        Tensor x = alongAxis ? call[0] : call[0].Reshape(-1);
        int axis = alongAxis ? call.Axis("axis", 0, x.Rank) : 0;
        Tensor first = x.MoveAxis(axis, 0);
        double[] values = first.To(DataType.Float64).ToArray<double>();
        int count = first.Shape[0];
        int each = values.Length / Math.Max(1, count);
        double[][] rows = [.. Enumerable.Range(0, count).Select(row => values[(row * each)..((row + 1) * each)])];
        List<int> firsts = [];
        int[] groupOf = new int[count];
        for (int row = 0; row < count; row++)
        {
            int group = firsts.FindIndex(other => rows[other].AsSpan().SequenceEqual(rows[row]));
            groupOf[row] = group >= 0 ? group : firsts.Count;
            if (group < 0)
            {
                firsts.Add(row);
            }
        }

        int[] order = [.. Enumerable.Range(0, firsts.Count)];
        if (call.Flag("sorted", true))
        {
            Array.Sort(order, (left, right) => rows[firsts[left]].AsSpan().SequenceCompareTo(rows[firsts[right]]));
        }

        int[] placeOf = new int[order.Length];
        for (int place = 0; place < order.Length; place++)
        {
            placeOf[order[place]] = place;
        }

        return
        [
            first.Gather(0, Tensor.From([.. order.Select(group => firsts[group])])).MoveAxis(0, axis),
            Tensor.From([.. order.Select(group => (long)firsts[group])]),
            Tensor.From([.. groupOf.Select(group => (long)placeOf[group])]),
            Tensor.From([.. order.Select(group => (long)groupOf.Count(other => other == group))]),
        ];
    }
}
