using Nabla.Losses;

namespace Nabla.Tests.Golden;

public sealed class GoldenLossTests
{
    private static readonly GoldenCases Cases = new("losses")
    {
        ["mean squared error"] = Of(new MeanSquaredError()),
        ["mean absolute error"] = Of(new MeanAbsoluteError()),
        ["Huber"] = Of(new Huber(0.8)),
        ["log-cosh"] = Of(new LogCosh()),
        ["Poisson"] = Of(new Poisson()),
        ["binary cross-entropy"] = Of(new BinaryCrossEntropy()),
        ["binary cross-entropy of logits"] = Of(new BinaryCrossEntropy(fromLogits: true)),
        ["binary cross-entropy with positive weight 3"] = Of(new BinaryCrossEntropy(fromLogits: true, positiveWeight: 3)),
        ["binary cross-entropy with smoothing"] = Of(new BinaryCrossEntropy(fromLogits: true, labelSmoothing: 0.2)),
        ["binary focal"] = Of(new BinaryFocal(gamma: 2, alpha: 0.25, fromLogits: true)),
        ["hinge"] = Of(new Hinge()),
        ["squared hinge"] = Of(new SquaredHinge()),
        ["cosine similarity"] = Of(new CosineSimilarity()),
        ["Kullback-Leibler"] = Of(new KullbackLeibler(fromLogits: true)),
        ["sparse cross-entropy"] = Of(new SparseCategoricalCrossEntropy(fromLogits: true)),
        ["sparse cross-entropy behind a softmax"] = x => new SparseCategoricalCrossEntropy().PerSample(x[0].Softmax(), x[1]),
        ["sparse cross-entropy with smoothing"] = Of(new SparseCategoricalCrossEntropy(fromLogits: true, labelSmoothing: 0.2)),
        ["sparse cross-entropy with class weights"] = Of(new SparseCategoricalCrossEntropy(fromLogits: true, classWeights: [0.5, 2, 1, 0.25, 4])),
        ["sparse cross-entropy that ignores class 2"] = Of(new SparseCategoricalCrossEntropy(fromLogits: true, ignoreIndex: 2)),
        ["cross-entropy"] = Of(new CategoricalCrossEntropy(fromLogits: true)),
        ["cross-entropy with smoothing"] = Of(new CategoricalCrossEntropy(fromLogits: true, labelSmoothing: 0.2)),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_loss_has_its_golden_case() => Cases.VerifyComplete();

    private static Func<Tensor[], Tensor> Of(Loss loss) => x => loss.PerSample(x[0], x[1]);
}
