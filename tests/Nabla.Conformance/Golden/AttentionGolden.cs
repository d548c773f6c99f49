using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Nabla.Conformance.Golden;

/// <summary>
/// Attention and the layers of Transformers. Inputs are the sequences, the memory of a decoder, the lengths of the sequences that are looked at, and the
/// parameters in Nabla's order: libtorch keeps the products of queries, keys and values as one. Those of attention alone are queries, keys and values.
/// </summary>
internal static class AttentionGolden
{
    private const int Batch = 2;
    private const int Time = 5;
    private const int Features = 6;
    private const int Heads = 3;
    private const int Hidden = 7;

    // More than a block of each in attention alone, and heads that share keys.
    private const int Queries = 130;
    private const int Keys = 300;
    private const int QueryHeads = 2;
    private const int HeadSize = 17;
    private const int ValueSize = 19;

    private static readonly string[] Attention = ["in_proj", "out_proj.weight", "out_proj.bias"];
    private static readonly string[] FeedForward = ["linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"];

    public static void Record(GoldenRecorder file)
    {
        Multihead(file, "multi-head attention", causal: false, lengths: [5, 5]);
        Multihead(file, "multi-head attention with lengths", causal: false, lengths: [5, 2]);
        Multihead(file, "multi-head attention, causal", causal: true, lengths: [5, 5]);
        Encoder(file, "encoder layer with relu", Activations.ReLU, [5, 3]);
        Encoder(file, "encoder layer with gelu", Activations.GELU, [4, 5]);
        Decoder(file, "decoder layer", [4, 2]);
        Grouped(file, "grouped queries", mask: null);
        Grouped(file, "grouped queries, causal", torch.ones(Queries, Keys, torch.@bool).tril(Keys - Queries));
    }

    private static void Grouped(GoldenRecorder file, string name, torch.Tensor? mask)
    {
        torch.Tensor[] inputs =
        [
            GoldenRecorder.Normal(1, Queries, QueryHeads, HeadSize), GoldenRecorder.Normal(1, Keys, 1, HeadSize), GoldenRecorder.Normal(1, Keys, 1, ValueSize),
        ];
        file.Record(name, inputs, x =>
        {
            torch.Tensor[] byHead = [.. x.Select(tensor => tensor.transpose(1, 2).expand(-1, QueryHeads, -1, -1))];
            return functional.scaled_dot_product_attention(byHead[0], byHead[1], byHead[2], mask).transpose(1, 2).contiguous();
        });
    }

    private static void Multihead(GoldenRecorder file, string name, bool causal, int[] lengths)
    {
        using MultiheadAttention module = MultiheadAttention(Features, Heads);
        torch.Tensor? mask = causal ? Causal() : null;
        torch.Tensor x = Sequences(Time);
        Run(file, name, module, Attention, [x], lengths, turned => module.call(turned[0], turned[0], turned[0], Behind(lengths, Time), false, mask).Item1);
    }

    private static void Encoder(GoldenRecorder file, string name, Activations activation, int[] lengths)
    {
        using TransformerEncoderLayer module = TransformerEncoderLayer(Features, Heads, Hidden, dropout: 0, activation);
        string[] order = [.. Attention.Select(key => $"self_attn.{key}"), "norm1.weight", "norm1.bias", .. FeedForward, "norm2.weight", "norm2.bias"];
        Run(file, name, module, order, [Sequences(Time)], lengths, turned => module.call(turned[0], null!, Behind(lengths, Time)));
    }

    private static void Decoder(GoldenRecorder file, string name, int[] lengths)
    {
        using TransformerDecoderLayer module = TransformerDecoderLayer(Features, Heads, Hidden, dropout: 0);
        string[] order =
        [
            .. Attention.Select(key => $"self_attn.{key}"), "norm1.weight", "norm1.bias",
            .. Attention.Select(key => $"multihead_attn.{key}"), "norm2.weight", "norm2.bias",
            .. FeedForward, "norm3.weight", "norm3.bias",
        ];
        Run(file, name, module, order, [Sequences(Time), Sequences(Time - 1)], lengths, turned =>
            module.call(turned[0], turned[1], Causal(), null!, null!, Behind(lengths, Time - 1)));
    }

    // The module sees [time, batch, features], the file [batch, time, features].
    private static void Run(
        GoldenRecorder file, string name, Module module, string[] order, torch.Tensor[] sequences, int[] lengths, Func<torch.Tensor[], torch.Tensor> forward)
    {
        module.to(torch.float64);
        Dictionary<string, Parameter> parameters = module.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        using (torch.no_grad())
        {
            foreach (Parameter parameter in parameters.Values)
            {
                parameter.copy_(GoldenRecorder.Normal(parameter.shape) * 0.5);
            }
        }

        torch.Tensor output = forward([.. sequences.Select(sequence => sequence.transpose(0, 1))]).transpose(0, 1);
        torch.Tensor cotangent = GoldenRecorder.Normal(output.shape);
        (output * cotangent).sum().backward();
        file.CountCase();
        file.Add($"{name}/output", output.detach());
        file.Add($"{name}/cotangent", cotangent.to(torch.float32));
        int place = 0;
        foreach (torch.Tensor sequence in sequences)
        {
            Add(sequence.detach(), sequence.grad!);
        }

        file.Add($"{name}/input{place++}", torch.tensor(lengths));
        foreach ((torch.Tensor value, torch.Tensor gradient) in order.SelectMany(key => Parts(parameters, key)))
        {
            Add(value, gradient);
        }

        void Add(torch.Tensor value, torch.Tensor gradient)
        {
            file.Add($"{name}/input{place}", value.to(torch.float32));
            file.Add($"{name}/gradient{place}", gradient);
            place++;
        }
    }

    // Queries, keys and values apart.
    private static IEnumerable<(torch.Tensor Value, torch.Tensor Gradient)> Parts(Dictionary<string, Parameter> parameters, string key)
    {
        if (!key.EndsWith("in_proj", StringComparison.Ordinal))
        {
            return [(Turned(parameters[key].detach()), Turned(parameters[key].grad!))];
        }

        (Parameter weight, Parameter bias) = (parameters[$"{key}_weight"], parameters[$"{key}_bias"]);
        return Enumerable.Range(0, 3).SelectMany(part => new[]
        {
            (Turned(weight.detach().chunk(3)[part]), Turned(weight.grad!.chunk(3)[part])), (bias.detach().chunk(3)[part], bias.grad!.chunk(3)[part]),
        });
    }

    /// <summary>A weight with its inputs in front.</summary>
    private static torch.Tensor Turned(torch.Tensor tensor) => tensor.dim() == 2 ? tensor.t().contiguous() : tensor;

    private static torch.Tensor Sequences(int time) => GoldenRecorder.Normal(Batch, time, Features).requires_grad_(true);

    private static torch.Tensor Causal() => torch.full(Time, Time, double.NegativeInfinity, torch.float64).triu(1);

    /// <summary>Which keys are padding.</summary>
    private static torch.Tensor Behind(int[] lengths, int time) => torch.arange(time).unsqueeze(0) >= torch.tensor(lengths).unsqueeze(1);
}
