DROP TABLE used_sign_ins;
DROP TABLE identities;
