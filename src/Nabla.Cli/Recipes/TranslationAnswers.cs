using System.Text.Json.Nodes;
using Nabla.Cli.Commands;
using Nabla.Cli.Reports;
using Nabla.Formats;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>What <c>nabla predict</c> does with a model that translates.</summary>
/// <param name="model">The model.</param>
/// <param name="beams">How many translations are followed side by side.</param>
/// <param name="attention">Where to draw where a translation looked; null for no picture.</param>
/// <param name="json">Whether a machine reads the answers.</param>
internal sealed class TranslationAnswers(SavedModel model, int beams, string? attention, bool json)
{
    private readonly Translator translator = new(model);

    /// <summary>Translates files, a line a sentence, or sentences themselves, a line each.</summary>
    /// <returns>The exit code.</returns>
    public int Run(string[] arguments, Terminal terminal)
    {
        RequireOne(arguments.Length);

        // One bad file, or one bad sentence, does not keep the others from being answered.
        int failures = 0;
        foreach (string argument in arguments)
        {
            bool isDone = ErrorLine.Try(terminal, () => failures += Translate(TextArgument.Read(argument, terminal.OpenInput), terminal));
            failures += isDone ? 0 : 1;
        }

        return failures > 0 ? ErrorLine.Failed : 0;
    }

    // Lines stay lines: an empty one gives an empty one, and so does one without a known word, which is an error. The number of these is returned.
    private int Translate(IReadOnlyList<TextArgument> texts, Terminal terminal)
    {
        TextArgument[] full = [.. texts.Where(text => text.Line is null || !string.IsNullOrWhiteSpace(text.Text))];
        Array.ForEach(full, RequireText);
        RequireOne(full.Length);
        IReadOnlyList<Translation> translations = translator.Translate([.. full.Select(text => text.Text)], beams);
        Dictionary<TextArgument, Translation> known = full.Zip(translations)
            .Where(pair => !pair.Second.IsUnknown)
            .ToDictionary(pair => pair.First, pair => pair.Second);
        foreach (TextArgument text in texts.Where(text => text.Line is not null || known.ContainsKey(text)))
        {
            terminal.Output.WriteLine(Line(text, known.GetValueOrDefault(text)));
        }

        CountedWarning.Write(
            terminal, known.Values.Count(translation => translation.IsTruncated), "sentence",
            $"longer than the model's window of {translator.Window} tokens: cut off");
        TextArgument[] unknown = [.. full.Where(text => !known.ContainsKey(text))];
        Array.ForEach(unknown, text => ErrorLine.Write(terminal, text.Unknown(model.Preprocessing!.Text!.Vocabulary.Count)));
        if (attention is not null && known.Count == 1)
        {
            Draw(full[0].Text, attention, terminal);
        }

        return unknown.Length;
    }

    private static void RequireText(TextArgument text)
    {
        if (string.IsNullOrWhiteSpace(text.Text))
        {
            throw new UsageException($"{text.Place}: expected a sentence, got an empty one.");
        }
    }

    private void RequireOne(int count)
    {
        if (attention is not null && count != 1)
        {
            throw new UsageException($"--attention draws one sentence, but {count} were given.");
        }
    }

    private string Line(TextArgument text, Translation? translation)
    {
        if (!json)
        {
            return translation?.Text ?? "";
        }

        JsonObject line = new() { ["file"] = text.File };
        if (text.Line is { } number)
        {
            line["line"] = number;
        }

        line["translation"] = translation?.Text ?? "";
        line["score"] = translation?.Score;
        return line.ToJsonString(PredictionReport.Readable);
    }

    private void Draw(string sentence, string path, Terminal terminal)
    {
        if (AttentionPicture.Save(path, translator.Attention(sentence, beams)) is { } note)
        {
            terminal.Error.WriteLine($"nabla: {path}: {note}.");
        }
    }
}
