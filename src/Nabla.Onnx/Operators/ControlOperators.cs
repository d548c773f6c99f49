using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Operators;

/// <summary>Branches and loops over graphs within a node. Loops are unrolled; conditions must be known.</summary>
internal static class ControlOperators
{
    private const long MostRounds = 1 << 20;

    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["If"] = call => call.Run(IsTrue(call, call[0]) ? "then_branch" : "else_branch"),
        ["Loop"] = Loop,
        ["Scan"] = Scan,
    };

    private static bool IsTrue(NodeCall call, Tensor condition) => condition.IsKnown()
        ? condition.ToDouble() != 0
        : throw call.Error("needs a condition whose value is known: run the model without compiling it");

    // Inputs: the most rounds, a condition, values that rounds hand on. Results: those values, then what each round gives, stacked.
    private static Tensor?[] Loop(NodeCall call)
    {
        long most = call.Optional(0) is null ? MostRounds : call.Longs(0)[0];
        bool goesOn = call.Optional(1) is not { } first || IsTrue(call, first);
        Tensor[] carried = [.. Enumerable.Range(2, Math.Max(0, call.Count - 2)).Select(index => call[index])];
        int values = carried.Length;
        GraphProto body = call.Inner("body");
        List<Tensor>[] scanned = [.. body.Output.Skip(1 + values).Select(_ => new List<Tensor>())];
        for (long round = 0; round < most && goesOn; round++)
        {
            if (round == MostRounds)
            {
                throw call.Error($"runs more than {MostRounds} rounds");
            }

            Tensor[] results = call.Run("body", [Tensor.Scalar(round), Tensor.Scalar(goesOn), .. carried]);
            goesOn = IsTrue(call, results[0]);
            carried = results[1..(1 + values)];
            for (int index = 0; index < scanned.Length; index++)
            {
                scanned[index].Add(results[1 + values + index]);
            }
        }

        return [.. carried, .. scanned.Select(steps => steps.Count > 0 ? ShapeOps.Stack(0, [.. steps]) : Tensor.Zeros([0]))];
    }

    // Inputs: values that steps hand on, then sequences. In opset 8 all have a batch in front.
    private static Tensor?[] Scan(NodeCall call)
    {
        if (call.Opset < 9)
        {
            return ScanOfBatch(call);
        }

        int sequences = (int)call.Int("num_scan_inputs", 1);
        int values = call.Count - sequences;
        Tensor[] carried = [.. Enumerable.Range(0, values).Select(index => call[index])];
        Tensor[] inputs = [.. Enumerable.Range(values, sequences).Select(index => call[index])];
        int outputs = call.Outputs - values;
        int[] axes = Padded(call.Ints("scan_input_axes"), sequences);
        int[] directions = Padded(call.Ints("scan_input_directions"), sequences);
        int[] outputAxes = Padded(call.Ints("scan_output_axes"), outputs);
        int[] outputDirections = Padded(call.Ints("scan_output_directions"), outputs);
        Tensor[] ordered = [.. inputs.Select((input, index) =>
        {
            Tensor first = input.MoveAxis(call.FromFront(axes[index], input.Rank), 0);
            return directions[index] == 1 ? first.Flip(0) : first;
        })];
        (Tensor[] last, Tensor[] stacked) = Walk(call, carried, ordered);
        return [.. last, .. stacked.Select((output, index) =>
            (outputDirections[index] == 1 ? output.Flip(0) : output).MoveAxis(0, call.FromFront(outputAxes[index], output.Rank)))];
    }

    private static (Tensor[] Last, Tensor[] Stacked) Walk(NodeCall call, Tensor[] carried, Tensor[] sequences)
    {
        int outputs = call.Inner("body").Output.Count - carried.Length;
        List<Tensor>[] scanned = [.. Enumerable.Range(0, outputs).Select(_ => new List<Tensor>())];
        for (int step = 0; step < sequences[0].Shape[0]; step++)
        {
            Tensor[] results = call.Run("body", [.. carried, .. sequences.Select(sequence => sequence.Slice(0, step, 1).Squeeze(0))]);
            carried = results[..carried.Length];
            for (int index = 0; index < outputs; index++)
            {
                scanned[index].Add(results[carried.Length + index]);
            }
        }

        return (carried, [.. scanned.Select(steps => ShapeOps.Stack(0, [.. steps]))]);
    }

    private static Tensor?[] ScanOfBatch(NodeCall call)
    {
        int sequences = (int)call.Int("num_scan_inputs", 1);
        int values = call.Count - 1 - sequences;
        Tensor[] carried = [.. Enumerable.Range(1, values).Select(index => call[index])];
        Tensor[] inputs = [.. Enumerable.Range(1 + values, sequences).Select(index => call[index])];
        List<Tensor[]> results = [];
        for (int sample = 0; sample < inputs[0].Shape[0]; sample++)
        {
            (Tensor[] last, Tensor[] stacked) = Walk(
                call, [.. carried.Select(value => value.Slice(0, sample, 1).Squeeze(0))], [.. inputs.Select(value => value.Slice(0, sample, 1).Squeeze(0))]);
            results.Add([.. last, .. stacked]);
        }

        return [.. Enumerable.Range(0, results[0].Length).Select(index => ShapeOps.Stack(0, [.. results.Select(result => result[index])]))];
    }

    private static int[] Padded(int[]? given, int count) => given ?? new int[count];
}
