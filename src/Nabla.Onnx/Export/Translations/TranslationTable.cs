using Nabla.Ops.Elementwise;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Writes one node and says where its results stand.</summary>
/// <exception cref="NotSupportedException">It cannot be written.</exception>
internal delegate void Translation(NodeExport node);

/// <summary>How each op is written. A family adds its own; elementwise ops are found by their function.</summary>
internal static class TranslationTable
{
    private static readonly Dictionary<Type, Translation> Translations = new(
        ShapeTranslations.All
            .Concat(ReductionTranslations.All)
            .Concat(IndexTranslations.All)
            .Concat(ProductTranslations.All)
            .Concat(ConvolutionTranslations.All)
            .Concat(PoolingTranslations.All)
            .Concat(NormalizationTranslations.All)
            .Concat(AttentionTranslations.All)
            .Concat(RecurrenceTranslation.All)
            .Concat(ScanTranslation.All)
            .Concat(QuantizationTranslations.All));

    /// <summary>Writes a node.</summary>
    public static void Translate(NodeExport node)
    {
        if (Translations.TryGetValue(node.Op.GetType(), out Translation? translation))
        {
            translation(node);
        }
        else if (node.Op is ElementwiseOp op)
        {
            ElementwiseTranslations.Translate(node, op);
        }
        else
        {
            throw node.Error("has no operator in the format");
        }
    }
}
