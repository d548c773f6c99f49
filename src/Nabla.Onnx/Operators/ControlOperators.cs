using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Operators;

/// <summary>Branches and loops over graphs within a node. Loops are unrolled; conditions must be known.</summary>
internal static class ControlOperators
{
    private const long MostRounds = 1 << 20;

    public static Dictionary<string, DataOperator> All { get; } = new()
    {
        ["If"] = call => call.Run(IsTrue(call, call[0]) ? "then_branch" : "else_branch"),
        ["Loop"] = Loop,
        ["Scan"] = Scan,
    };

    private static bool IsTrue(NodeCall call, Tensor condition) => condition.IsKnown()
        ? condition.ToDouble() != 0
        : throw call.Error("needs a condition whose value is known: run the model without compiling it");

    // Inputs: the most rounds, a condition, values that rounds hand on. Results: those values, then what each round gives, stacked.
    private static OnnxData?[] Loop(NodeCall call)
    {
        long most = call.Optional(0) is null ? MostRounds : call.Longs(0)[0];
        bool goesOn = call.Optional(1) is not { } first || IsTrue(call, first);
        OnnxData[] carried = [.. Enumerable.Range(2, Math.Max(0, call.Count - 2)).Select(call.Given)];
        int values = carried.Length;
        GraphProto body = call.Inner("body");
        List<TensorData>[] scanned = [.. body.Output.Skip(1 + values).Select(_ => new List<TensorData>())];
        for (long round = 0; round < most && goesOn; round++)
        {
            if (round == MostRounds)
            {
                throw call.Error($"runs more than {MostRounds} rounds");
            }

            OnnxData[] results = call.Run("body", [TensorData.Of(Tensor.Scalar(round)), TensorData.Of(Tensor.Scalar(goesOn)), .. carried]);
            goesOn = IsTrue(call, call.Numeric(results[0]).Tensor);
            carried = results[1..(1 + values)];
            for (int index = 0; index < scanned.Length; index++)
            {
                scanned[index].Add(call.Numeric(results[1 + values + index]));
            }
        }

        return [.. carried, .. scanned.Select(steps => steps.Count > 0 ? Stacked(steps) : TensorData.Of(Tensor.Zeros([0])))];
    }

    // Inputs: values that steps hand on, then sequences. In opset 8 all have a batch in front.
    private static OnnxData?[] Scan(NodeCall call)
    {
        if (call.Opset < 9)
        {
            return ScanOfBatch(call);
        }

        int sequences = (int)call.Int("num_scan_inputs", 1);
        int values = call.Count - sequences;
        TensorData[] carried = [.. Enumerable.Range(0, values).Select(index => call.Numeric(call.Given(index)))];
        TensorData[] inputs = [.. Enumerable.Range(values, sequences).Select(index => call.Numeric(call.Given(index)))];
        int outputs = call.Outputs - values;
        int[] axes = Padded(call.Ints("scan_input_axes"), sequences);
        int[] directions = Padded(call.Ints("scan_input_directions"), sequences);
        int[] outputAxes = Padded(call.Ints("scan_output_axes"), outputs);
        int[] outputDirections = Padded(call.Ints("scan_output_directions"), outputs);
        TensorData[] ordered = [.. inputs.Select((input, index) => input.Map(tensor =>
        {
            Tensor first = tensor.MoveAxis(call.FromFront(axes[index], tensor.Rank), 0);
            return directions[index] == 1 ? first.Flip(0) : first;
        }))];
        (TensorData[] last, TensorData[] stacked) = Walk(call, carried, ordered);
        return [.. last, .. stacked.Select((output, index) => output.Map(tensor =>
            (outputDirections[index] == 1 ? tensor.Flip(0) : tensor).MoveAxis(0, call.FromFront(outputAxes[index], tensor.Rank))))];
    }

    private static (TensorData[] Last, TensorData[] Stacked) Walk(NodeCall call, TensorData[] carried, TensorData[] sequences)
    {
        int outputs = call.Inner("body").Output.Count - carried.Length;
        List<TensorData>[] scanned = [.. Enumerable.Range(0, outputs).Select(_ => new List<TensorData>())];
        for (int step = 0; step < sequences[0].Tensor.Shape[0]; step++)
        {
            TensorData[] results = [.. call.Run("body", [.. carried, .. sequences.Select(sequence => Sample(sequence, step))]).Select(call.Numeric)];
            carried = results[..carried.Length];
            for (int index = 0; index < outputs; index++)
            {
                scanned[index].Add(results[carried.Length + index]);
            }
        }

        return (carried, [.. scanned.Select(Stacked)]);
    }

    private static OnnxData?[] ScanOfBatch(NodeCall call)
    {
        int sequences = (int)call.Int("num_scan_inputs", 1);
        int values = call.Count - 1 - sequences;
        TensorData[] carried = [.. Enumerable.Range(1, values).Select(index => call.Numeric(call.Given(index)))];
        TensorData[] inputs = [.. Enumerable.Range(1 + values, sequences).Select(index => call.Numeric(call.Given(index)))];
        List<TensorData[]> results = [];
        for (int sample = 0; sample < inputs[0].Tensor.Shape[0]; sample++)
        {
            (TensorData[] last, TensorData[] stacked) = Walk(
                call, [.. carried.Select(value => Sample(value, sample))], [.. inputs.Select(value => Sample(value, sample))]);
            results.Add([.. last, .. stacked]);
        }

        return [.. Enumerable.Range(0, results[0].Length).Select(index => Stacked([.. results.Select(result => result[index])]))];
    }

    private static TensorData Sample(TensorData data, int index) => data.Map(tensor => tensor.Slice(0, index, 1).Squeeze(0));

    private static TensorData Stacked(List<TensorData> steps) => new(ShapeOps.Stack(0, [.. steps.Select(step => step.Tensor)]), steps[0].Type);

    private static int[] Padded(int[]? given, int count) => given ?? new int[count];
}
