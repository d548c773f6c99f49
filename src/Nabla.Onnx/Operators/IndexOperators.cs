using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators that read and write where indices say; negative ones count from the end.</summary>
internal static class IndexOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Gather"] = One(Gather),
        ["GatherElements"] = One(GatherElements),
        ["GatherND"] = One(GatherND),
        ["Scatter"] = One(ScatterElements),
        ["ScatterElements"] = One(ScatterElements),
        ["ScatterND"] = One(ScatterND),
        ["TensorScatter"] = One(TensorScatter),
    };

    private static Tensor Gather(NodeCall call)
    {
        int axis = call.Axis("axis", 0, call[0].Rank);
        return call[0].Gather(axis, FromFront(call[1], call[0].Shape[axis]));
    }

    private static Tensor GatherElements(NodeCall call)
    {
        Tensor x = call[0];
        int axis = call.Axis("axis", 0, x.Rank);
        Tensor indices = FromFront(call[1], x.Shape[axis]);
        for (int other = 0; other < x.Rank; other++)
        {
            x = other == axis ? x : x.Slice(other, 0, Math.Min(x.Shape[other], indices.Shape[other]));
        }

        return x.TakeAlongAxis(indices, axis);
    }

    private static Tensor GatherND(NodeCall call)
    {
        Tensor x = call[0];
        int batch = (int)call.Int("batch_dims", 0);
        Tensor flat = FlatIndices(call[1], x.Shape, batch);
        int depth = call[1].Shape[-1];
        int[] rest = [.. x.Shape.Skip(batch + depth)];
        int rows = x.Shape.Take(batch + depth).Aggregate(1, (product, size) => product * size);
        Tensor taken = x.Reshape([rows, .. rest]).Gather(0, flat.Reshape(-1));
        return taken.Reshape([.. call[1].Shape.AsSpan()[..^1], .. rest]);
    }

    // [batches..., indices..., depth] to the places in the first batch + depth axes seen as one.
    private static Tensor FlatIndices(Tensor indices, Shape shape, int batch)
    {
        int depth = indices.Shape[-1];
        Tensor sum = Tensor.Zeros([.. indices.Shape.AsSpan()[..^1]], DataType.Int64);
        for (int part = 0; part < depth; part++)
        {
            int size = shape[batch + part];
            Tensor places = FromFront(indices.Slice(-1, part, 1).Squeeze(-1), size).To(DataType.Int64);
            sum = (sum * (double)size) + places;
        }

        int block = shape.Skip(batch).Take(depth).Aggregate(1, (product, size) => product * size);
        int groups = shape.Take(batch).Aggregate(1, (product, size) => product * size);
        Tensor offsets = Tensor.Range(groups).To(DataType.Int64) * (double)block;
        return batch == 0 ? sum : sum + offsets.Reshape([.. shape.Take(batch), .. Enumerable.Repeat(1, sum.Rank - batch)]);
    }

    private static Tensor ScatterElements(NodeCall call)
    {
        Tensor x = call[0];
        int axis = call.Axis("axis", 0, x.Rank);
        Tensor indices = FromFront(call[1], x.Shape[axis]).To(DataType.Int64);
        Tensor places = Tensor.Zeros(indices.Shape, DataType.Int64);
        for (int dimension = 0; dimension < x.Rank; dimension++)
        {
            Tensor along = dimension == axis
                ? indices
                : Tensor.Range(indices.Shape[dimension]).To(DataType.Int64)
                    .Reshape([indices.Shape[dimension], .. Enumerable.Repeat(1, x.Rank - 1 - dimension)]);
            places = (places * (double)x.Shape[dimension]) + along;
        }

        return Scattered(call, x.Reshape(-1), places.Reshape(-1), call[2].Reshape(-1)).Reshape(x.Shape.AsSpan());
    }

    private static Tensor ScatterND(NodeCall call)
    {
        Tensor x = call[0];
        int depth = call[1].Shape[-1];
        int rows = x.Shape.Take(depth).Aggregate(1, (product, size) => product * size);
        Tensor places = FlatIndices(call[1], x.Shape, batch: 0).Reshape(-1);
        int rest = x.Shape.Skip(depth).Aggregate(1, (product, size) => product * size);
        return Scattered(call, x.Reshape(rows, rest), places, call[2].Reshape(places.Shape[0], rest)).Reshape(x.Shape.AsSpan());
    }

    // Rows are added as they are; other ways need the values of the places.
    private static Tensor Scattered(NodeCall call, Tensor rows, Tensor places, Tensor updates)
    {
        string reduction = call.Text("reduction", "none");
        if (places.ElementCount == 0)
        {
            return rows;
        }

        if (reduction == "add")
        {
            return rows.ScatterAdd(0, places, updates);
        }

        if (reduction == "none")
        {
            return Replaced(call, rows, places, updates);
        }

        int[] order = [.. places.ToArray<long>().Select(place => (int)place)];
        Tensor result = rows;
        foreach (int[] round in Rounds(order))
        {
            Tensor at = Tensor.From([.. round.Select(index => (long)order[index])]);
            Tensor old = result.Gather(0, at);
            Tensor update = updates.Gather(0, Tensor.From(round));
            Tensor combined = reduction switch
            {
                "mul" => old * update,
                "max" => old.Maximum(update),
                "min" => old.Minimum(update),
                _ => throw call.Error($"expects a reduction add, mul, max, min or none but got '{reduction}'"),
            };
            result = Put(result, at, combined);
        }

        return result;
    }

    // The last of several updates of one place wins.
    private static Tensor Replaced(NodeCall call, Tensor rows, Tensor places, Tensor updates)
    {
        if (!places.IsKnown())
        {
            return Put(rows, places, updates);
        }

        long[] known = places.ToArray<long>();
        int[] last = [.. known.Select((place, index) => (place, index)).GroupBy(pair => pair.place).Select(group => group.Last().index)];
        return last.Length == known.Length
            ? Put(rows, places, updates)
            : Put(rows, Tensor.From([.. last.Select(index => known[index])]), updates.Gather(0, Tensor.From(last)));
    }

    // Each place once.
    private static Tensor Put(Tensor rows, Tensor places, Tensor updates)
    {
        if (rows.DataType.IsFloating)
        {
            Tensor marks = Tensor.Zeros([rows.Shape[0]]).ScatterAdd(0, places, Tensor.Ones(places.Shape));
            Tensor taken = marks.Greater(0.0).Reshape([rows.Shape[0], .. Enumerable.Repeat(1, rows.Rank - 1)]);
            Tensor blank = taken.BroadcastTo(rows.Shape).Where(Tensor.Zeros(rows.Shape, rows.DataType), rows);
            return blank.ScatterAdd(0, places, updates);
        }

        return Put(rows.To(DataType.Float64), places, updates.To(DataType.Float64)).To(rows.DataType);
    }

    // Updates of one place come in different rounds.
    private static IEnumerable<int[]> Rounds(int[] places)
    {
        List<int> waiting = [.. Enumerable.Range(0, places.Length)];
        while (waiting.Count > 0)
        {
            HashSet<int> taken = [];
            int[] round = [.. waiting.Where(index => taken.Add(places[index]))];
            waiting = [.. waiting.Except(round)];
            yield return round;
        }
    }

    // A key/value cache into which new steps are written, each sequence from a place of its own on.
    private static Tensor TensorScatter(NodeCall call)
    {
        (Tensor past, Tensor update) = (call[0], call[1]);
        int axis = call.Axis("axis", -2, past.Rank);
        long[] starts = call.Optional(2) is null ? new long[past.Shape[0]] : call.Longs(2);
        bool circular = call.Text("mode", "linear") == "circular";
        int size = past.Shape[axis];
        Tensor[] rows = [.. starts.Select((start, row) =>
        {
            long[] places = [.. Enumerable.Range(0, update.Shape[axis]).Select(step => circular ? (start + step) % size : start + step)];
            Tensor ordered = past.Slice(0, row, 1).MoveAxis(axis, 0);
            return Put(ordered, Tensor.From(places), update.Slice(0, row, 1).MoveAxis(axis, 0)).MoveAxis(0, axis);
        })];
        return ShapeOps.Concatenate(0, rows);
    }

    private static Tensor FromFront(Tensor indices, int size) => indices.IsKnown() && !HasNegative(indices)
        ? indices
        : indices.Less(0.0).Where(indices + (double)size, indices);

    private static bool HasNegative(Tensor indices) => indices.ElementCount > 0 && indices.Min().ToDouble() < 0;
}
