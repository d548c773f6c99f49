using Nabla.Layers;
using Nabla.Text;
using Nabla.Vision;

namespace Nabla.Onnx.Tests.Export;

/// <summary>A case for each ready network, small.</summary>
internal static class NetworkCases
{
    private const int Words = 12;
    private const int Length = 10;

    private static readonly TransformerOptions Small = new() { Size = 8, Layers = 2, Heads = 2, Hidden = 12 };

    public static IEnumerable<ExportCase> All() =>
    [
        ExportCase.Of("CNN", Digits()),
        ExportCase.Of("ResNet-18", ResNet.Create18(4, [32, 32, 3])),
        ExportCase.Of("LSTM classifier", new Sequential([9, 4], 1, new Lstm(6) { ReturnSequences = true }, new Lstm(5), new Dense(3, ActivationKind.Softmax))),
        ExportCase.Of("GRU classifier", new Sequential([9, 4], 1, new Gru(6) { ReturnSequences = true }, new Gru(5), new Dense(3))),
        ExportCase.Of("Bidirectional classifier", new Sequential(
            [Length], 1, new Embedding(Words, 6, paddingIndex: 0), new Bidirectional(new Gru(4) { ReturnSequences = true }), new Bidirectional(new Lstm(3)), new Dense(2)), fixedTime: false),
        ExportCase.Of("Text LSTM", LstmClassifier.Create(Words, Length, 3, seed: 1), fixedTime: false),
        ExportCase.Of("Text CNN", TextCnn.Create(Words, Length, 3, seed: 1)),
        ExportCase.Of("BERT", TransformerNetworks.Bert(Words, Length, 1, Small, new GlobalAveragePool1D { IgnoresPadding = true }, new Dense(3)), fixedTime: false),
        ExportCase.Of("Transformer encoder", TransformerNetworks.Bert(Words, Length, 1, Small with { NormFirst = false }), fixedTime: false),
        ExportCase.Of("GPT", TransformerNetworks.Gpt(Words, Length, 1, TransformerOptions.Gpt with { Size = 8, Layers = 2, Heads = 2 }), fixedTime: false),
        ExportCase.Of("Llama", TransformerNetworks.Llama(Words, Length, 1, TransformerOptions.Llama with { Size = 8, Layers = 2, Heads = 4, KeyValueHeads = 2 }), fixedTime: false),
        ExportCase.Of("GPT with linear biases", TransformerNetworks.Gpt(Words, Length, 1, Small with { Positions = TransformerPositions.Alibi }), fixedTime: false),
        ExportCase.Of("Translator", TransformerNetworks.EncoderDecoder(Words, Words + 1, Length, 1, TransformerOptions.Translator with { Size = 8, Layers = 1, Heads = 2 }), fixedTime: false),
        ExportCase.Of("Translator of a shared vocabulary", TransformerNetworks.EncoderDecoder(
            Words, Words, Length, 1, TransformerOptions.Translator with { Size = 8, Layers = 1, Heads = 2, SharesVocabulary = true }), fixedTime: false),
        ExportCase.Of("Recurrent translator", RecurrentTranslator.Create(
            Words, Words + 1, Length, 1, new RecurrentTranslatorOptions { EmbeddingSize = 5, Units = 4 }), fixedTime: false),
    ];

    /// <summary>The network of the digits example, smaller.</summary>
    public static Sequential Digits() => new(
        [12, 12, 1], 1, new Conv2D(4, 3, ActivationKind.Relu), new Conv2D(6, 3, padding: Padding.Same) { UseBias = false }, new BatchNorm(),
        new Activation(ActivationKind.Relu), new MaxPool2D(2), new Dropout(0.25), new Flatten(), new Dense(8, ActivationKind.Relu), new Dense(10, ActivationKind.Softmax));
}
