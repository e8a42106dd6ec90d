using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RlhfHub.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AddPromptSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // SQLite only: full-text search has no counterpart in EF Core's model. Keys stand between, because a table without an integer key may number its rows anew.
            migrationBuilder.Sql(
                """
                CREATE TABLE "PromptSearchKeys" (
                    "Id" INTEGER NOT NULL CONSTRAINT "PK_PromptSearchKeys" PRIMARY KEY AUTOINCREMENT,
                    "PromptId" TEXT NOT NULL,
                    "ProjectId" TEXT NOT NULL
                );
                CREATE UNIQUE INDEX "IX_PromptSearchKeys_PromptId" ON "PromptSearchKeys" ("PromptId");
                CREATE VIRTUAL TABLE "PromptSearch" USING fts5("Text", tokenize = 'trigram');

                INSERT INTO "PromptSearchKeys" ("PromptId", "ProjectId") SELECT "Id", "ProjectId" FROM "Prompts" ORDER BY "Id";
                INSERT INTO "PromptSearch" (rowid, "Text")
                SELECT k."Id", (SELECT group_concat(json_extract(m.value, '$.content'), char(10)) FROM json_each(p."Messages") m)
                FROM "PromptSearchKeys" k JOIN "Prompts" p ON p."Id" = k."PromptId";

                CREATE TRIGGER "PromptSearch_Insert" AFTER INSERT ON "Prompts" BEGIN
                    INSERT INTO "PromptSearchKeys" ("PromptId", "ProjectId") VALUES (new."Id", new."ProjectId");
                    INSERT INTO "PromptSearch" (rowid, "Text")
                    VALUES (
                        (SELECT "Id" FROM "PromptSearchKeys" WHERE "PromptId" = new."Id"),
                        (SELECT group_concat(json_extract(m.value, '$.content'), char(10)) FROM json_each(new."Messages") m));
                END;
                CREATE TRIGGER "PromptSearch_Delete" AFTER DELETE ON "Prompts" BEGIN
                    DELETE FROM "PromptSearch" WHERE rowid = (SELECT "Id" FROM "PromptSearchKeys" WHERE "PromptId" = old."Id");
                    DELETE FROM "PromptSearchKeys" WHERE "PromptId" = old."Id";
                END;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER "PromptSearch_Insert";
                DROP TRIGGER "PromptSearch_Delete";
                DROP TABLE "PromptSearch";
                DROP TABLE "PromptSearchKeys";
                """);
        }
    }
}
