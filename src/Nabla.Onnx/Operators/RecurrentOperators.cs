namespace Nabla.Onnx.Operators;

/// <summary>Recurrent networks, step by step: each direction and layer of the operators RNN, GRU and LSTM.</summary>
internal static class RecurrentOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["GRU"] = call => Run(call, gates: 3),
        ["LSTM"] = call => Run(call, gates: 4),
        ["RNN"] = call => Run(call, gates: 1),
    };

    // Results: all states [time, directions, batch, size], the last ones [directions, batch, size], and of LSTM the last cells.
    private static Tensor?[] Run(NodeCall call, int gates)
    {
        bool batchFirst = call.Flag("layout");
        Tensor x = batchFirst ? call[0].SwapAxes(0, 1) : call[0];
        string direction = call.Text("direction", "forward");
        int directions = call[1].Shape[0];
        List<Tensor> sequences = [];
        List<Tensor> lasts = [];
        List<Tensor> cells = [];
        for (int index = 0; index < directions; index++)
        {
            bool isReverse = direction == "reverse" || index == 1;
            RecurrentDirection one = RecurrentDirection.Of(call, gates, index, directions, batchFirst, x.Shape[1]);
            (Tensor sequence, Tensor last, Tensor? cell) = one.Run(x, isReverse);
            sequences.Add(sequence);
            lasts.Add(last);
            cells.Add(cell ?? last);
        }

        Tensor all = ShapeOps.Stack(1, [.. sequences]);
        (Tensor hidden, Tensor memory) = (ShapeOps.Stack(0, [.. lasts]), ShapeOps.Stack(0, [.. cells]));
        return batchFirst
            ? [all.Transpose(2, 0, 1, 3), hidden.SwapAxes(0, 1), memory.SwapAxes(0, 1)]
            : [all, hidden, memory];
    }
}
