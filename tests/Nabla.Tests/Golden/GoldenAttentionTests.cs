using Nabla.Layers;

namespace Nabla.Tests.Golden;

public sealed class GoldenAttentionTests
{
    private static readonly GoldenCases Cases = new("attention")
    {
        FloatTolerance = 1e-5,
        ["multi-head attention"] = Of(() => new MultiHeadAttention(3)),
        ["multi-head attention with lengths"] = Of(() => new MultiHeadAttention(3)),
        ["multi-head attention, causal"] = Of(() => new MultiHeadAttention(3) { Causal = true }),
        ["encoder layer with relu"] = Of(() => new TransformerBlock(3, 7) { NormFirst = false, Activation = ActivationKind.Relu }),
        ["encoder layer with gelu"] = Of(() => new TransformerBlock(3, 7) { NormFirst = false, Activation = ActivationKind.Gelu }),
        ["decoder layer"] = x => Run(
            new TransformerBlock(3, 7) { NormFirst = false, Activation = ActivationKind.Relu, Causal = true, CrossAttention = true },
            x[0],
            x[3..],
            ForwardContext.Inference.WithMemory(new SequenceMemory(x[1], x[2]))),
        ["grouped queries"] = x => x[0].Attend(x[1], x[2]),
        ["grouped queries, causal"] = x => x[0].Attend(x[1], x[2], causal: true),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Attention_layer_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_layer_has_its_golden_case() => Cases.VerifyComplete();

    private static Func<Tensor[], Tensor> Of(Func<Layer> create) => x => Run(create(), x[0], x[2..], ForwardContext.Inference.WithLengths(x[1]));

    private static Tensor Run(Layer layer, Tensor input, Tensor[] parameters, ForwardContext context)
    {
        layer.Build([.. input.Shape.Skip(1)], RandomKey.FromSeed(1));
        layer.ConvertTo(input.DataType);
        Assert.Equal(layer.Parameters.Count, parameters.Length);
        foreach ((Parameter parameter, Tensor value) in layer.Parameters.Zip(parameters))
        {
            parameter.Value = value;
        }

        return layer.Forward(input, context);
    }
}
