using Nabla.Ops.Pooling;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Pooling of images.</summary>
internal static class PoolingTranslations
{
    public static Dictionary<Type, Translation> All { get; } = new()
    {
        [typeof(MaxPooling)] = node =>
        {
            node.RequireFirstAlone();
            Pool(node, "MaxPool");
        },
        [typeof(AveragePooling)] = node => Pool(node, "AveragePool"),
    };

    private static void Pool(NodeExport node, string op)
    {
        Pooling pooling = (Pooling)node.Op;
        node.Give(
            node.Write.Add(
                op, [node.In(0, ConvolutionTranslations.ChannelsFirst)],
                ConvolutionTranslations.Attributes(pooling.Window, pooling.Size.Height, pooling.Size.Width)),
            ConvolutionTranslations.ChannelsFirst);
    }
}
