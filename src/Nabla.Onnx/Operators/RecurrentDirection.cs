namespace Nabla.Onnx.Operators;

/// <summary>One direction of a recurrent operator.</summary>
internal sealed class RecurrentDirection
{
    private static readonly string[] WithAlpha = ["AFFINE", "ELU", "HARDSIGMOID", "LEAKYRELU", "SCALEDTANH", "THRESHOLDEDRELU"];
    private static readonly string[] WithBeta = ["AFFINE", "HARDSIGMOID", "SCALEDTANH"];

    private readonly NodeCall call;
    private readonly int gates;
    private readonly int size;
    private readonly Tensor weights;
    private readonly Tensor recurrent;
    private readonly Tensor? inputBias;
    private readonly Tensor? recurrentBias;
    private readonly Tensor? peepholes;
    private readonly Tensor? lengths;
    private readonly Func<Tensor, Tensor>[] activations;
    private readonly double? limit;
    private readonly Tensor hidden;
    private readonly Tensor memory;

    private RecurrentDirection(NodeCall call, int gates, int index, int directions, bool batchFirst, int batch)
    {
        (this.call, this.gates) = (call, gates);
        weights = Part(call[1], index);
        recurrent = Part(call[2], index);
        size = recurrent.Shape[1];
        if (call.Optional(3) is { } biases)
        {
            Tensor[] parts = Part(biases, index).Split(0, 2);
            (inputBias, recurrentBias) = (parts[0], parts[1]);
        }

        lengths = call.Optional(4);
        hidden = State(call.Optional(5), index, batchFirst, batch);
        memory = State(call.Optional(6), index, batchFirst, batch);
        peepholes = gates == 4 && call.Optional(7) is { } given ? Part(given, index) : null;
        limit = call.Has("clip") ? call.Number("clip", 0) : null;
        string[] usual = gates == 1 ? ["Tanh"] : gates == 3 ? ["Sigmoid", "Tanh"] : ["Sigmoid", "Tanh", "Tanh"];
        string[] names = call.Texts("activations") is { Length: > 0 } asked && asked.Length % usual.Length == 0 ? asked : usual;
        string[] all = [.. Enumerable.Range(0, usual.Length * directions).Select(place => names[place % names.Length].ToUpperInvariant())];
        activations = [.. Enumerable.Range(index * usual.Length, usual.Length).Select(place =>
            Activation(all[place], NumberOf("activation_alpha", WithAlpha, all, place), NumberOf("activation_beta", WithBeta, all, place)))];
    }

    public static RecurrentDirection Of(NodeCall call, int gates, int index, int directions, bool batchFirst, int batch) =>
        new(call, gates, index, directions, batchFirst, batch);

    /// <summary>The states [time, batch, size], the last one and the last cell.</summary>
    public (Tensor Sequence, Tensor Last, Tensor? Cell) Run(Tensor x, bool isReverse)
    {
        int time = x.Shape[0];
        Tensor projected = x.MatMul(weights, transposeRight: true);
        projected = inputBias is null ? projected : projected + inputBias;
        Tensor[] steps = new Tensor[time];
        (Tensor state, Tensor cell) = (hidden, memory);
        for (int index = 0; index < time; index++)
        {
            int step = isReverse ? time - 1 - index : index;
            (Tensor next, Tensor nextCell) = Step(projected.Slice(0, step, 1).Squeeze(0), state, cell);
            steps[step] = next;
            if (lengths is not null)
            {
                Tensor isAlive = lengths.Greater((double)step).ExpandDimensions(1);
                steps[step] = next * isAlive.To(next.DataType);
                Tensor kept = isAlive.BroadcastTo(next.Shape);
                (next, nextCell) = (kept.Where(next, state), kept.Where(nextCell, cell));
            }

            (state, cell) = (next, nextCell);
        }

        return (ShapeOps.Stack(0, steps), state, gates == 4 ? cell : null);
    }

    private static Tensor Part(Tensor x, int index) => x.Slice(0, index, 1).Squeeze(0);

    private Tensor State(Tensor? given, int index, bool batchFirst, int batch) => given is null
        ? Tensor.Zeros([batch, size], weights.DataType)
        : Part(batchFirst ? given.SwapAxes(0, 1) : given, index);

    private (Tensor Hidden, Tensor Cell) Step(Tensor projected, Tensor state, Tensor cell) => gates switch
    {
        1 => (activations[0](Limited(projected + Recurrent(state))), cell),
        3 => (Gated(projected, state), cell),
        _ => LongShortTerm(projected, state, cell),
    };

    private Tensor Recurrent(Tensor state)
    {
        Tensor product = state.MatMul(recurrent, transposeRight: true);
        return recurrentBias is null ? product : product + recurrentBias;
    }

    // Gates in the order update, reset, hidden.
    private Tensor Gated(Tensor projected, Tensor state)
    {
        Tensor[] inputs = projected.Split(-1, 3);
        Tensor[] kernels = recurrent.Split(0, 3);
        Tensor?[] biases = recurrentBias?.Split(0, 3) ?? new Tensor?[3];
        Tensor update = activations[0](Limited(inputs[0] + Product(state, 0)));
        Tensor reset = activations[0](Limited(inputs[1] + Product(state, 1)));
        Tensor candidate = call.Flag("linear_before_reset")
            ? inputs[2] + (reset * Product(state, 2))
            : inputs[2] + Product(reset * state, 2);
        Tensor fresh = activations[1](Limited(candidate));
        return ((1.0 - update) * fresh) + (update * state);

        Tensor Product(Tensor rows, int gate)
        {
            Tensor product = rows.MatMul(kernels[gate], transposeRight: true);
            return biases[gate] is { } bias ? product + bias : product;
        }
    }

    // Gates in the order input, output, forget, cell.
    private (Tensor Hidden, Tensor Cell) LongShortTerm(Tensor projected, Tensor state, Tensor cell)
    {
        Tensor[] sums = (projected + Recurrent(state)).Split(-1, 4);
        Tensor?[] looks = peepholes?.Split(0, 3) ?? new Tensor?[3];
        Tensor input = activations[0](Limited(Looking(sums[0], cell, looks[0])));
        Tensor forget = call.Flag("input_forget") ? 1.0 - input : activations[0](Limited(Looking(sums[2], cell, looks[2])));
        Tensor next = (forget * cell) + (input * activations[1](Limited(sums[3])));
        Tensor output = activations[0](Limited(Looking(sums[1], next, looks[1])));
        return (output * activations[2](next), next);
    }

    private static Tensor Looking(Tensor sum, Tensor cell, Tensor? weights) => weights is null ? sum : sum + (cell * weights);

    private Tensor Limited(Tensor x) => limit is { } bound ? x.Clip(-bound, bound) : x;

    // The numbers of an attribute belong to the activations that have such a number, in the order of all activations.
    private float? NumberOf(string attribute, string[] takers, string[] all, int place)
    {
        float[] numbers = call.Floats(attribute) ?? [];
        int taken = all.Take(place).Count(takers.Contains);
        return takers.Contains(all[place]) && taken < numbers.Length ? numbers[taken] : null;
    }

    private Func<Tensor, Tensor> Activation(string name, float? alpha, float? beta) => name switch
    {
        "TANH" => x => x.Tanh(),
        "SIGMOID" => x => x.Sigmoid(),
        "RELU" => x => x.Relu(),
        "AFFINE" => x => (x * (double)(alpha ?? 1)) + (double)(beta ?? 0),
        "LEAKYRELU" => x => x.LeakyRelu(alpha ?? 0.01f),
        "THRESHOLDEDRELU" => x => x.Greater((double)(alpha ?? 1)).Where(x, 0.0),
        "SCALEDTANH" => x => (x * (double)(beta ?? 1)).Tanh() * (double)(alpha ?? 1),
        "HARDSIGMOID" => x => ((x * (double)(alpha ?? 0.2f)) + (double)(beta ?? 0.5f)).Clip(0, 1),
        "ELU" => x => x.Elu(alpha ?? 1),
        "SOFTSIGN" => x => x / (x.Abs() + 1.0),
        "SOFTPLUS" => x => x.Softplus(),
        _ => throw call.Error($"expects an activation Tanh, Sigmoid, Relu, Affine, LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign or Softplus but got '{name}'"),
    };
}
