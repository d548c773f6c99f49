using System.Text.Json.Nodes;
using Nabla.Cli.Commands;
using Nabla.Cli.Reports;
using Nabla.Formats;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>What <c>nabla predict</c> does with a model that translates.</summary>
/// <param name="Beams">How many translations are followed side by side.</param>
/// <param name="Attention">Where to draw where a translation looked; null for no picture.</param>
/// <param name="Json">Whether a machine reads the answers.</param>
internal sealed record TranslationAnswers(int Beams, string? Attention, bool Json)
{
    /// <summary>Translates files, a line a sentence, or sentences themselves, a line each.</summary>
    /// <returns>The exit code.</returns>
    public int Run(SavedModel model, string[] arguments, Terminal terminal)
    {
        Translator translator = new(model);
        if (Attention is not null && arguments.Length > 1)
        {
            throw new UsageException($"--attention draws one sentence, but {arguments.Length} were given.");
        }

        // One bad file does not keep the others from being answered.
        int exitCode = 0;
        foreach (string argument in arguments)
        {
            try
            {
                Translate(translator, TextArgument.Read(argument, terminal.OpenInput), terminal);
            }
            catch (Exception error) when (ErrorLine.IsMendable(error))
            {
                ErrorLine.Write(terminal, error);
                exitCode = ErrorLine.Failed;
            }
        }

        return exitCode;
    }

    // Lines stay lines: an empty one gives an empty one.
    private void Translate(Translator translator, IReadOnlyList<TextArgument> texts, Terminal terminal)
    {
        TextArgument[] full = [.. texts.Where(text => text.Line is null || !string.IsNullOrWhiteSpace(text.Text))];
        Array.ForEach(full, RequireText);
        if (Attention is not null)
        {
            Draw(translator, full, Attention, terminal);
        }

        IReadOnlyList<Translation> translations = translator.Translate([.. full.Select(text => text.Text)], Beams);
        Dictionary<TextArgument, Translation> found = full.Zip(translations).ToDictionary(pair => pair.First, pair => pair.Second);
        foreach (TextArgument text in texts)
        {
            terminal.Output.WriteLine(Line(text, found.GetValueOrDefault(text)));
        }

        Warn(terminal, translations.Count(translation => translation.IsTruncated), $"longer than the model's window of {translator.Window} tokens: cut off");
        Warn(terminal, translations.Count(translation => translation.IsUnknown), "without any word that the model knows");
    }

    private static void RequireText(TextArgument text)
    {
        if (string.IsNullOrWhiteSpace(text.Text))
        {
            throw new UsageException($"{text.Place}: expected a sentence, got an empty one.");
        }
    }

    private static void Warn(Terminal terminal, int count, string problem)
    {
        if (count > 0)
        {
            terminal.Error.WriteLine($"nabla: {count} {(count == 1 ? "sentence is" : "sentences are")} {problem}.");
        }
    }

    private string Line(TextArgument text, Translation? translation)
    {
        if (!Json)
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

    private void Draw(Translator translator, TextArgument[] texts, string path, Terminal terminal)
    {
        if (texts is not [{ } only])
        {
            throw new UsageException($"--attention draws one sentence, but {texts.Length} were given.");
        }

        if (AttentionPicture.Save(path, translator.Attention(only.Text, Beams)) is { } note)
        {
            terminal.Error.WriteLine($"nabla: {path}: {note}.");
        }
    }
}
