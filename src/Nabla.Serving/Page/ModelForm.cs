using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;

namespace Nabla.Serving.Page;

/// <summary>What the page needs to ask a model: what it takes, as its signature and its preprocessing say, and what it answers.</summary>
internal sealed class ModelForm(ModelRepository repository)
{
    /// <summary>Answers with the form of the model that the path names.</summary>
    public Task WriteAsync(HttpContext context)
    {
        LoadedVersion version = repository.Resolve(new ModelAddress((string)context.Request.RouteValues["name"]!, Label: "stable"));
        return JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", version.Name);
            writer.WriteString("version", version.Version.ToString(CultureInfo.InvariantCulture));
            JsonTensorSpecs.Write(writer, "inputs", version.Model.Inputs);
            JsonTensorSpecs.Write(writer, "outputs", version.Model.Outputs);
            WriteSaved(writer, version.Model.Saved);
            writer.WriteEndObject();
        });
    }

    private static void WriteSaved(Utf8JsonWriter writer, SavedModel? model)
    {
        RawKind kind = model is null ? RawKind.None : RawInputs.KindOf(model);
        writer.WriteString("takes", kind switch { RawKind.Image => "image", RawKind.Row => "row", RawKind.Text => "text", _ => "numbers" });
        if (model is null)
        {
            return;
        }

        writer.WriteString("task", model.Task == PredictionTask.Classification ? "classification" : "other");
        writer.WriteStartArray("labels");
        foreach (string label in model.Labels)
        {
            writer.WriteStringValue(label);
        }

        writer.WriteEndArray();
        switch (kind)
        {
            case RawKind.Image: WriteImage(writer, RawInputs.ImageOf(model)); break;
            case RawKind.Row: WriteTable(writer, model.Preprocessing!.Table!); break;
            case RawKind.Text: writer.WriteNumber("length", model.Preprocessing!.Text!.Length); break;
        }
    }

    private static void WriteImage(Utf8JsonWriter writer, ImagePreprocessing image)
    {
        writer.WriteStartObject("image");
        writer.WriteNumber("height", image.Height);
        writer.WriteNumber("width", image.Width);
        writer.WriteNumber("channels", image.Channels);
        writer.WriteEndObject();
    }

    private static void WriteTable(Utf8JsonWriter writer, TablePreprocessing table)
    {
        writer.WriteString("target", table.Target.Name);
        writer.WriteStartArray("columns");
        foreach (TableColumn column in table.Columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name", column.Name);
            if (column.Kind == ColumnKind.Numeric)
            {
                writer.WriteNumber("mean", column.Mean);
                writer.WriteNumber("deviation", column.Deviation);
            }
            else
            {
                writer.WriteStartArray("categories");
                foreach (string category in column.Categories)
                {
                    writer.WriteStringValue(category);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
