using static Nabla.Fuzz.Tests.BadFiles;

namespace Nabla.Fuzz.Tests;

/// <summary>Tables, texts, questions and tokenizers that lie.</summary>
internal static class BadTexts
{
    public static IReadOnlyList<BadFile> All { get; } =
    [
        new("csv", "a quote without an end", Utf8("a,b\n1,\"2\n3,4\n"), "expected", Line: 2),
        new("csv", "a row that is longer", Utf8("a,b\n1,2\n1,2,3\n"), "expected", Line: 3),
        new("csv", "no text", [.. "a,b\n1,"u8, 0xFF, 0xFE, .. "\n"u8], "UTF-8", Line: 2),
        new("csv", "a packed file that is cut", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "expected a gzip file", 0),
        new("labelled-texts", "no column of the classes", Utf8("text,kind\na,b\n"), "label", Line: 1),
        new("labelled-texts", "one class", Utf8("text,label\na,b\nc,b\n"), "expected"),
        new("parallel-texts", "no translation", Utf8("one\teins\ntwo\n"), "expected a text, a tab and its translation, got no tab", Line: 2),
        new("stories", "a line without a number", Utf8("1 Mary is here.\nWhere is Mary?\there\n"), "expected a sentence with its number before it", Line: 2),
        new("stories", "a question without an answer", Utf8("1 Mary is here.\n2 Where is Mary?\t\n"), "expected questions with their answers behind a tab, got none"),
        new("squad", "a deep list", Utf8(new string('[', 100_000)), "expected", Line: 1),
        new("squad", "other fields", Utf8("""{"data":[{"paragraphs":7}]}"""), "expected"),
        new("tokenizer-json", "no model", Utf8("""{"version":"1.0"}"""), "expected a tokenizer.json with a 'model', got JSON without"),
        new("tokenizer-json", "a model without a vocabulary", Utf8("""{"model":{"type":"WordPiece"}}"""), "expected a tokenizer, got a file that is none"),
        new("tokenizer-json", "a kind that nobody knows", Utf8("""{"model":{"type":"Python","code":"rm"}}"""), "got Python, which is not supported"),
        new("tokenizer-json", "a deep list", Utf8(new string('[', 100_000)), "expected a tokenizer, got a file that is none"),
        new("tokenizer-gpt2", "ids that are no numbers", Utf8("""{"a":"b"}"""), "expected"),
        new("tiktoken", "an empty line", Utf8("QQ== 0\n\nQg== 1\n"), "expected a token in base64 and a rank of its own", Line: 2),
        new("tiktoken", "a rank that is there twice", Utf8("QQ== 0\nQg== 0\n"), "expected a token in base64 and a rank of its own", Line: 2),
        new("sentencepiece", "nothing", [], "expected a tokenizer, got a file that is none"),
        new("sentencepiece", "a piece of 4 gibibytes", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "expected a tokenizer, got a file that is none"),
    ];
}
