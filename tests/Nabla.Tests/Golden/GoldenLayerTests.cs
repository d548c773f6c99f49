using Nabla.Layers;

namespace Nabla.Tests.Golden;

public sealed class GoldenLayerTests
{
    private const double Epsilon = 1e-3;

    private static readonly GoldenCases Cases = new("layers")
    {
        FloatsOnly = true,
        ["batch norm of rows, training"] = TrainedBatchNorm(null),
        ["batch norm of rows, mean after training"] = TrainedBatchNorm("mean"),
        ["batch norm of rows, variance after training"] = TrainedBatchNorm("variance"),
        ["batch norm of rows, in use"] = Of(() => new BatchNorm(epsilon: Epsilon)),
        ["batch norm of images, training"] = TrainedBatchNorm(null),
        ["batch norm of images, mean after training"] = TrainedBatchNorm("mean"),
        ["batch norm of images, variance after training"] = TrainedBatchNorm("variance"),
        ["batch norm of images, in use"] = Of(() => new BatchNorm(epsilon: Epsilon)),
        ["layer norm"] = Of(() => new LayerNorm(Epsilon)),
        ["group norm"] = Of(() => new GroupNorm(3, Epsilon)),
        ["instance norm"] = Of(() => new GroupNorm(2, Epsilon)),
        ["rms norm"] = Of(() => new RmsNorm(Epsilon)),
        ["embedding"] = Of(() => new Embedding(5, 4)),
        ["dense gelu"] = Of(() => new Dense(3, ActivationKind.Gelu)),
        ["prelu"] = Of(() => new PRelu()),
        ["up-sampling"] = Of(() => new UpSampling2D((2, 3))),
        ["separable convolution"] = Of(() => new SeparableConv2D(4, 3, multiplier: 2)),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Layer_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_layer_has_its_golden_case() => Cases.VerifyComplete();

    /// <summary>A layer whose parameters are the inputs behind its own, in the order of their registration.</summary>
    private static Func<Tensor[], Tensor> Of(Func<Layer> create) => x => Build(create(), x).Forward(x[0]);

    private static Func<Tensor[], Tensor> TrainedBatchNorm(string? parameter) => x =>
    {
        Layer layer = Build(new BatchNorm(epsilon: Epsilon), x);
        ForwardContext context = new(training: true, RandomKey.FromSeed(1));
        Tensor output = layer.Forward(x[0], context);
        return parameter is null ? output : context.Updates.Single(update => update.Key.Name == parameter).Value;
    };

    private static Layer Build(Layer layer, Tensor[] inputs)
    {
        layer.Build([.. inputs[0].Shape.Skip(1)], RandomKey.FromSeed(1));
        foreach ((Parameter parameter, Tensor value) in layer.Parameters.Zip(inputs[1..]))
        {
            parameter.Value = value;
        }

        return layer;
    }
}
