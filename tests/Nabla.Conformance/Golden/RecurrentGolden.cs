using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Nabla.Conformance.Golden;

/// <summary>
/// Recurrent layers: inputs are the sequences, the kernel, the bias, the recurrent kernel and of the gated recurrent unit the recurrent bias, then the first
/// states where there are any; the last states stand behind the sequences of the output then.
/// </summary>
internal static class RecurrentGolden
{
    private const int Features = 3;
    private const int Units = 5;
    private const int Batch = 2;
    private const int Time = 6;

    // Several vectors, and several vectors with a rest.
    private const int ManyUnits = 64;
    private const int OddUnits = 37;
    private const int LongTime = 20;

    public static void Record(GoldenRecorder file)
    {
        Simple(file, "simple rnn", NonLinearities.Tanh);
        Simple(file, "simple rnn with rectifier", NonLinearities.ReLU);
        Memory(file, "lstm", backwards: false);
        Memory(file, "lstm backwards", backwards: true);
        using GRU gru = GRU(Features, Units, batchFirst: true, dtype: torch.float64);
        Record(file, "gru", gru, backwards: false, hasTwoBiases: true, x => gru.call(x).Item1);
        using GRU stacked = GRU(Features, Units, numLayers: 2, batchFirst: true, dtype: torch.float64);
        Record(file, "gru of two layers", stacked, backwards: false, hasTwoBiases: true, x => stacked.call(x).Item1, "_l0", "_l1");
        using LSTM both = LSTM(Features, Units, batchFirst: true, bidirectional: true, dtype: torch.float64);
        Record(file, "lstm both ways", both, backwards: false, hasTwoBiases: false, x => both.call(x).Item1, "_l0", "_l0_reverse");
        Record(file, "lstm both ways, packed", both, backwards: false, hasTwoBiases: false, x => Packed(both, x), "_l0", "_l0_reverse");
        MemoryFromState(file);
        UnitFromState(file);
    }

    private static void MemoryFromState(GoldenRecorder file)
    {
        using LSTM lstm = LSTM(Features, ManyUnits, batchFirst: true, dtype: torch.float64);
        torch.Tensor[] states = [State(ManyUnits), State(ManyUnits)];
        Record(file, "lstm from a state", lstm, hasTwoBiases: false, LongTime, states, x =>
        {
            (torch.Tensor sequence, torch.Tensor hidden, torch.Tensor cell) = lstm.call(x, (states[0].unsqueeze(0), states[1].unsqueeze(0)));
            return torch.cat([sequence, hidden.transpose(0, 1), cell.transpose(0, 1)], 1);
        });
    }

    private static void UnitFromState(GoldenRecorder file)
    {
        using GRU gru = GRU(Features, OddUnits, batchFirst: true, dtype: torch.float64);
        torch.Tensor state = State(OddUnits);
        Record(file, "gru from a state", gru, hasTwoBiases: true, LongTime, [state], x =>
        {
            (torch.Tensor sequence, torch.Tensor hidden) = gru.call(x, state.unsqueeze(0));
            return torch.cat([sequence, hidden.transpose(0, 1)], 1);
        });
    }

    private static torch.Tensor State(int units) => GoldenRecorder.Normal(Batch, units).requires_grad_(true);

    /// <summary>Sequences of 6 and of 4 steps; behind their ends stand zeros.</summary>
    private static torch.Tensor Packed(LSTM layer, torch.Tensor input)
    {
        using torch.nn.utils.rnn.PackedSequence packed = torch.nn.utils.rnn.pack_padded_sequence(input, torch.tensor(new long[] { 6, 4 }), batch_first: true);
        return torch.nn.utils.rnn.pad_packed_sequence(layer.call(packed).Item1, batch_first: true).Item1;
    }

    private static void Simple(GoldenRecorder file, string name, NonLinearities function)
    {
        using RNN rnn = RNN(Features, Units, nonLinearity: function, batchFirst: true, dtype: torch.float64);
        Record(file, name, rnn, backwards: false, hasTwoBiases: false, x => rnn.call(x).Item1);
    }

    private static void Memory(GoldenRecorder file, string name, bool backwards)
    {
        using LSTM lstm = LSTM(Features, Units, batchFirst: true, dtype: torch.float64);
        Record(file, name, lstm, backwards, hasTwoBiases: false, x => lstm.call(x).Item1);
    }

    private static void Record(GoldenRecorder file, string name, Module module, bool backwards, bool hasTwoBiases, Func<torch.Tensor, torch.Tensor> forward, params string[] suffixes) =>
        Record(file, name, module, hasTwoBiases, Time, [], x => backwards ? forward(x.flip(1)).flip(1) : forward(x), suffixes);

    private static void Record(
        GoldenRecorder file, string name, Module module, bool hasTwoBiases, int time, torch.Tensor[] states, Func<torch.Tensor, torch.Tensor> forward, params string[] suffixes)
    {
        module.zero_grad();
        string[] parts = suffixes.Length == 0 ? ["_l0"] : suffixes;
        Dictionary<string, Parameter> parameters = module.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        using (torch.no_grad())
        {
            foreach ((string key, Parameter parameter) in parameters)
            {
                parameter.copy_(key.StartsWith("bias_hh", StringComparison.Ordinal) && !hasTwoBiases ? torch.zeros_like(parameter) : GoldenRecorder.Normal(parameter.shape) * 0.5);
            }
        }

        torch.Tensor input = GoldenRecorder.Normal(Batch, time, Features).requires_grad_(true);
        torch.Tensor output = forward(input);
        torch.Tensor cotangent = GoldenRecorder.Normal(output.shape);
        (output * cotangent).sum().backward();
        file.CountCase();
        file.Add($"{name}/output", output.detach());
        file.Add($"{name}/cotangent", cotangent.to(torch.float32));
        string[] order = ["weight_ih", "bias_ih", "weight_hh", "bias_hh"];
        torch.Tensor[] leaves = [input, .. parts.SelectMany(part => order[..(hasTwoBiases ? 4 : 3)].Select(key => (torch.Tensor)parameters[key + part]))];
        for (int index = 0; index < leaves.Length; index++)
        {
            file.Add($"{name}/input{index}", Turned(leaves[index].detach().to(torch.float32)));
            file.Add($"{name}/gradient{index}", Turned(leaves[index].grad!));
        }

        foreach ((int index, torch.Tensor state) in states.Index())
        {
            file.Add($"{name}/input{leaves.Length + index}", state.detach().to(torch.float32));
            file.Add($"{name}/gradient{leaves.Length + index}", state.grad!);
        }
    }

    /// <summary>A weight with its inputs in front.</summary>
    private static torch.Tensor Turned(torch.Tensor tensor) => tensor.dim() == 2 ? tensor.t().contiguous() : tensor;
}
