using Nabla.Benchmarks.Processes;
using Nabla.Benchmarks.SideBySide.Cases;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>All cases by name. A case makes its duels when it is asked for them, one after the other, so that memory is held by one at a time.</summary>
internal static class Catalogue
{
    private static readonly OrderedDictionary<string, Func<IEnumerable<Duel>>> Cases = new()
    {
        ["gemm"] = GemmCase.Duels,
        ["conv"] = ConvolutionCase.Duels,
        ["elementwise"] = ElementwiseCase.Duels,
        ["softmax"] = SoftmaxCase.Duels,
        ["normalization"] = NormalizationCase.Duels,
        ["adam"] = AdamCase.Duels,
        ["mlp"] = MlpCase.Duels,
        ["cnn"] = DigitsCases.Training,
        ["inference"] = DigitsCases.Inference,
        ["resnet"] = ResNetCase.Duels,
        ["attention"] = AttentionCase.Duels,
        ["transformer"] = TransformerCase.Duels,
        ["lstm"] = LstmCase.Duels,
        ["int8"] = () => QuantizedCase.Duels().Concat(QuantizedTextCase.Duels()),

        // Processes of their own, measured with --all alone.
        [ProcessDuels.Case] = () => [],
    };

    public static IEnumerable<string> Names => Cases.Keys;

    public static IEnumerable<Duel> Duels(string name) => Cases[name]().Select(duel => duel with { Case = name });
}
