namespace Nabla.Ops.Recurrent;

/// <summary>Recurrent networks step by step in other ops: what gradients of gradients are taken of.</summary>
internal static class RecurrenceComposition
{
    /// <summary>The results of <see cref="Recurrence"/>.</summary>
    public static Tensor[] Forward(Recurrence op, Tensor[] inputs)
    {
        int time = inputs[0].Shape[1];
        Tensor[][] steps = new Tensor[time][];
        (Tensor hidden, Tensor cell) = (inputs[4], inputs[op.FirstCell]);
        foreach (int step in Order(time, op.Reverse))
        {
            Tensor alive = Alive(inputs[3], step, hidden.DataType);
            Tensor multiplied = op.Drops ? hidden * inputs[^1] : op.RoundsStates ? Rounded(hidden, inputs[4]) : hidden;
            Tensor recurrent = multiplied.MatMul(inputs[1]) + inputs[2];
            Tensor[] next = Step(op.Cell, At(inputs[0], step), recurrent, hidden, cell);
            hidden = Choose(alive, next[0], hidden);
            cell = op.Cell == RecurrentCell.Lstm ? Choose(alive, next[1], cell) : cell;
            steps[step] = op.Cell switch
            {
                RecurrentCell.Lstm => [hidden, cell, next[2] * alive],
                RecurrentCell.Gru => [hidden, next[1] * alive, next[2] * alive],
                _ => [hidden],
            };
        }

        return Join(steps);
    }

    /// <summary>The results of <see cref="RecurrenceGradient"/>.</summary>
    public static Tensor[] Backward(RecurrenceGradient op, Tensor[] inputs)
    {
        (Tensor kernel, Tensor lengths, Tensor hidden, Tensor memory) = (inputs[0], inputs[1], inputs[4], inputs[5]);
        int time = hidden.Shape[1];
        Tensor[][] steps = new Tensor[time][];
        Tensor ofHidden = Tensor.Zeros(inputs[2].Shape, hidden.DataType);
        Tensor ofCell = ofHidden;
        foreach (int step in Order(time, !op.Reverse))
        {
            int before = op.Reverse ? step + 1 : step - 1;
            bool isFirst = before < 0 || before == time;
            Tensor alive = Alive(lengths, step, hidden.DataType);
            ofHidden += At(inputs[7], step);
            ofCell = op.Cell == RecurrentCell.Lstm ? ofCell + At(inputs[8], step) : ofCell;
            BackwardStep at = new(
                At(hidden, step), isFirst ? inputs[2] : At(hidden, before), At(memory, step), isFirst ? inputs[3] : At(memory, before),
                At(inputs[6], step), ofHidden, ofCell);
            Tensor[] parts = Step(op.Cell, at);
            Tensor recurrent = parts[1] * alive;
            Tensor ofProduct = recurrent.MatMul(kernel.SwapAxes(0, 1));
            ofHidden = Choose(alive, parts[2], ofHidden) + (op.Drops ? ofProduct * inputs[^1] : ofProduct);
            ofCell = op.Cell == RecurrentCell.Lstm ? Choose(alive, parts[3], ofCell) : ofCell;
            steps[step] = op.Cell == RecurrentCell.Gru ? [parts[0] * alive, recurrent] : [recurrent];
        }

        return op.Cell == RecurrentCell.Lstm ? [.. Join(steps), ofHidden, ofCell] : [.. Join(steps), ofHidden];
    }

    private static Tensor Rounded(Tensor hidden, Tensor first)
    {
        Tensor scale = first.Abs().Max([1]).Maximum(Tensor.Scalar(1f)) / Recurrence.LargestStep;
        return hidden.FakeQuantize(scale, Tensor.Zeros(scale.Shape, DataType.Int8));
    }

    private static IEnumerable<int> Order(int time, bool reverse) => reverse ? Enumerable.Range(0, time).Reverse() : Enumerable.Range(0, time);

    private static Tensor At(Tensor sequence, int step) => sequence.Slice(1, step, 1).Squeeze(1);

    private static Tensor Alive(Tensor lengths, int step, DataType dataType) => lengths.Greater(step).To(dataType).ExpandDimensions(-1);

    private static Tensor Choose(Tensor alive, Tensor next, Tensor last) => (next * alive) + (last * (1 - alive));

    private static Tensor[] Join(Tensor[][] steps) =>
        [.. Enumerable.Range(0, steps[0].Length).Select(part => ShapeOps.Stack(1, [.. steps.Select(step => step[part])]))];

    private static Tensor[] Step(RecurrentCell cell, Tensor projected, Tensor recurrent, Tensor hidden, Tensor memory)
    {
        if (!cell.KeepsGates())
        {
            Tensor sum = projected + recurrent;
            return [cell == RecurrentCell.Tanh ? sum.Tanh() : sum.Relu()];
        }

        Tensor[] x = projected.Split(-1, cell.Gates());
        Tensor[] h = recurrent.Split(-1, cell.Gates());
        (Tensor a, Tensor b) = ((x[0] + h[0]).Sigmoid(), (x[1] + h[1]).Sigmoid());
        if (cell == RecurrentCell.Gru)
        {
            Tensor candidate = (x[2] + (a * h[2])).Tanh();
            return [candidate + (b * (hidden - candidate)), h[2], ShapeOps.Concatenate(-1, a, b, candidate)];
        }

        (Tensor g, Tensor o) = ((x[2] + h[2]).Tanh(), (x[3] + h[3]).Sigmoid());
        Tensor next = (b * memory) + (a * g);
        return [o * next.Tanh(), next, ShapeOps.Concatenate(-1, a, b, g, o)];
    }

    /// <summary>The gradients of the projected input, of the recurrent product, of the last state directly, and of the last cell.</summary>
    private static Tensor[] Step(RecurrentCell cell, BackwardStep at)
    {
        Tensor of = at.OfHidden;
        if (!cell.KeepsGates())
        {
            Tensor sum = cell == RecurrentCell.Tanh ? of * (1 - at.Hidden.Square()) : of.Gate(at.Hidden);
            return [sum, sum, Tensor.Zeros(of.Shape, of.DataType)];
        }

        Tensor[] gates = at.Gates.Split(-1, cell.Gates());
        if (cell == RecurrentCell.Gru)
        {
            (Tensor r, Tensor z, Tensor n) = (gates[0], gates[1], gates[2]);
            Tensor ofCandidate = of * (1 - z) * (1 - n.Square());
            Tensor ofUpdate = of * (at.LastHidden - n) * z * (1 - z);
            Tensor ofReset = ofCandidate * at.Memory * r * (1 - r);
            return
            [
                ShapeOps.Concatenate(-1, ofReset, ofUpdate, ofCandidate), ShapeOps.Concatenate(-1, ofReset, ofUpdate, ofCandidate * r), of * z,
            ];
        }

        (Tensor i, Tensor f, Tensor g, Tensor o) = (gates[0], gates[1], gates[2], gates[3]);
        Tensor tanh = at.Memory.Tanh();
        Tensor ofCell = at.OfCell + (of * o * (1 - tanh.Square()));
        Tensor all = ShapeOps.Concatenate(
            -1, ofCell * g * i * (1 - i), ofCell * at.LastMemory * f * (1 - f), ofCell * i * (1 - g.Square()), of * tanh * o * (1 - o));
        return [all, all, Tensor.Zeros(of.Shape, of.DataType), ofCell * f];
    }

    /// <summary>What a step back reads.</summary>
    private sealed record BackwardStep(
        Tensor Hidden, Tensor LastHidden, Tensor Memory, Tensor LastMemory, Tensor Gates, Tensor OfHidden, Tensor OfCell);
}
